using System.Collections.Generic;
using System.Text;
using Hbd.Plugin;
using Hbd.Plugins.Sdk;
using Hbd.Plugins.Stonith.External;
using Hbd.Sys;

namespace Hbd.Plugins.Stonith.Shared;

/// <summary>
/// A shared object with the interface of hbd_stonith.h, always in a process of its own: what fences a node must not be able
/// to take this one down. Parameters go through standard input, where nobody else sees them.
/// </summary>
internal sealed class SharedStonithDriver(string type, StonithPaths paths) : IStonithProgram
{
    public bool Can(StonithOperation operation) => operation != StonithOperation.MetaData;

    public string? Validate(StonithRequest request)
    {
        _ = Find(out string? problem);
        return problem;
    }

    public StonithCall Call(StonithRequest request)
    {
        List<string> arguments = [.. paths.Self, "stonith", "exec", Find(out _), SharedStonith.Word(request.Operation), request.Node, request.Target];
        StringBuilder input = new();
        foreach (KeyValuePair<string, string> parameter in request.Parameters)
        {
            input.Append(parameter.Key).Append('\0').Append(parameter.Value).Append('\0');
        }

        return new StonithCall(paths.Self[0], arguments, StonithPrograms.Environment(), input.ToString());
    }

    public StonithOutcome Judge(StonithRequest request, in StonithEnd end, out string text)
    {
        text = "";
        int code = end.Signal != 0 ? -1 : end.Code == 0 ? 0 : end.Code - SharedStonith.ExitBase;
        bool isStatus = request.Operation == StonithOperation.Status;
        if (isStatus && code is (StonithAbi.HBD_STONITH_IS_ON or StonithAbi.HBD_STONITH_IS_OFF))
        {
            return code == StonithAbi.HBD_STONITH_IS_OFF ? StonithOutcome.IsOff : StonithOutcome.IsOn;
        }

        if (request.Operation == StonithOperation.Hosts && code is (0 or StonithAbi.HBD_STONITH_UNIMPLEMENTED))
        {
            return code == 0 ? HostList.Judge(request, end.Output, out text) : StonithOutcome.Ok;
        }

        if (code == 0 && !isStatus)
        {
            return StonithOutcome.Ok;
        }

        text = code == 0 ? "status says neither on nor off" : StonithText.Why(end);
        return code is StonithAbi.HBD_STONITH_UNIMPLEMENTED or StonithAbi.HBD_STONITH_NOT_CONFIGURED
            ? StonithOutcome.Unusable : StonithOutcome.Failed;
    }

    private string Find(out string? problem)
    {
        foreach (string directory in paths.SharedDirectories)
        {
            string path = directory + "/" + type + ".so";
            problem = SharedObject.Problem(path, out bool exists);
            if (exists)
            {
                return path;
            }
        }

        problem = "no " + type + ".so in " + string.Join(", ", paths.SharedDirectories);
        return "";
    }
}
