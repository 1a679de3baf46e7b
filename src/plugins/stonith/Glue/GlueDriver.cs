using System.Collections.Generic;
using System.Linq;
using Hbd.Plugins.Sdk;
using Hbd.Plugins.Stonith.External;
using Hbd.Sys;

namespace Hbd.Plugins.Stonith.Glue;

/// <summary>
/// A native type of cluster-glue through its own program, stonith(8). Parameters go through the environment (-E): -p
/// would show them to every user in the list of processes, and -F knows them by order only and takes no blanks.
/// </summary>
internal sealed class GlueDriver(string type, StonithPaths paths) : IStonithProgram
{
    public bool Can(StonithOperation operation)
        => operation is not (StonithOperation.Status or StonithOperation.MetaData);

    public string? Validate(StonithRequest request)
    {
        _ = Program(out string? problem);
        return problem ?? ExternalDriver.BadName(request);
    }

    public StonithCall Call(StonithRequest request)
    {
        string path = Program(out _);
        List<string> environment = StonithPrograms.Environment(paths.GlueShare);
        foreach (KeyValuePair<string, string> parameter in request.Parameters)
        {
            environment.Add(parameter.Key + "=" + parameter.Value);
        }
        List<string> arguments = [path, "-t", type, "-E"];
        switch (request.Operation)
        {
            case StonithOperation.Hosts:
                arguments.Add("-l");
                break;
            case StonithOperation.Monitor:
                arguments.Add("-S");
                break;
            default:
                arguments.AddRange(["-T", Verb(request.Operation), request.Target]);
                break;
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

    private string Program(out string? problem)
    {
        foreach (string path in paths.GluePrograms)
        {
            problem = ProgramFile.Problem(path, out bool exists);
            if (exists)
            {
                return path;
            }
        }

        problem = "no program stonith; it is in the package cluster-glue";
        return "";
    }

    private static string Verb(StonithOperation operation) => operation switch
    {
        StonithOperation.Off => "off",
        StonithOperation.On => "on",
        _ => "reset",
    };
}
