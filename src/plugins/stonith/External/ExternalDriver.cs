using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.External;

/// <summary>
/// An unmodified external/ plugin of cluster-glue: parameters in the environment by their bare names, the command and
/// the node as arguments. Only reset is a must, so that is what a reboot is. Its status is that of the device and says
/// nothing about the node: an off cannot be verified.
/// </summary>
internal sealed class ExternalDriver(string type, StonithPaths paths) : IStonithProgram
{
    public bool Can(StonithOperation operation)
        => operation is not (StonithOperation.Status or StonithOperation.MetaData);

    public string? Validate(StonithRequest request)
    {
        _ = StonithPrograms.Find(paths.ExternalDirectories, type, out string? problem);
        return problem ?? BadName(request);
    }

    public StonithCall Call(StonithRequest request)
    {
        string path = StonithPrograms.Find(paths.ExternalDirectories, type, out _);
        List<string> environment = StonithPrograms.Environment(paths.GlueShare);
        environment.Add("HA_LOGTAG=" + "external/" + type);

        // ha_log.sh writes to syslog otherwise, and its words would be missing here.
        environment.Add("HA_LOGFACILITY=none");
        environment.Add("HA_LOGD=no");
        environment.Add("HA_debug=0");
        foreach (KeyValuePair<string, string> parameter in request.Parameters)
        {
            environment.Add(parameter.Key + "=" + parameter.Value);
        }
        List<string> arguments = [path, Verb(request.Operation)];
        if (request.Operation is StonithOperation.Off or StonithOperation.On or StonithOperation.Reset)
        {
            arguments.Add(request.Target);
        }

        return new StonithCall(path, arguments, environment, "");
    }

    public StonithOutcome Judge(StonithRequest request, in StonithEnd end, out string text)
    {
        text = end is { Signal: 0, Code: 0 } ? "" : StonithText.Why(end);
        if (text.Length > 0)
        {
            return StonithOutcome.Failed;
        }

        return request.Operation == StonithOperation.Hosts ? HostList.Judge(request, end.Output, out text) : StonithOutcome.Ok;
    }

    /// <summary>A parameter must not become a variable that the shell or the loader listens to.</summary>
    internal static string? BadName(StonithRequest request)
    {
        foreach (KeyValuePair<string, string> parameter in request.Parameters)
        {
            if (parameter.Key is "PATH" or "HOME" or "IFS" or "ENV" or "BASH_ENV" or "LANG"
                || parameter.Key.StartsWith("LD_", StringComparison.Ordinal)
                || parameter.Key.StartsWith("LC_", StringComparison.Ordinal))
            {
                return "a parameter must not be called " + parameter.Key + ": it would change how the program runs";
            }
        }

        return null;
    }

    private static string Verb(StonithOperation operation) => operation switch
    {
        StonithOperation.Off => "off",
        StonithOperation.On => "on",
        StonithOperation.Reset => "reset",
        StonithOperation.Hosts => "gethosts",
        _ => "status",
    };
}
