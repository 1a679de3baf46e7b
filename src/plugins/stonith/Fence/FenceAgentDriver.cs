using System;
using System.Collections.Generic;
using System.Text;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.Fence;

/// <summary>
/// An unmodified program of fence-agents (FenceAgentAPI of ClusterLabs): called without arguments, told everything in
/// lines key=value on its standard input, so that no secret stands in the list of processes.
/// </summary>
internal sealed class FenceAgentDriver(string type, StonithPaths paths) : IStonithProgram, IUnfencingDriver
{
    private const int IsOffCode = 2;

    /// <summary>Names of the parameter that carries the node's name on the device; newer agents call it plug.</summary>
    private static readonly string[] s_plugNames = ["plug", "port"];

    /// <summary>Null until the program was asked. Written by the loop, read by workers: whole, or not at all.</summary>
    private volatile FenceMetaData? _data;

    public bool? Unfences => _data?.Unfences;

    public bool Can(StonithOperation operation) => operation switch
    {
        StonithOperation.Hosts => false,
        StonithOperation.MetaData => _data is null,
        StonithOperation.On => _data is null || (_data.HasAction("on") && !_data.OnTarget),
        StonithOperation.Reset => _data is null || _data.HasAction("reboot"),
        StonithOperation.Status => _data is null || _data.HasAction("status"),
        _ => true,
    };

    public string? Validate(StonithRequest request)
    {
        _ = StonithPrograms.Find(paths.FenceDirectories, type, out string? problem);
        return problem ?? (request.Find("action", "option") is null
            ? null : "the parameter action is hbd's own; see the key method");
    }

    public StonithCall Call(StonithRequest request)
    {
        string path = StonithPrograms.Find(paths.FenceDirectories, type, out _);
        StringBuilder input = new();
        input.Append("action=").Append(Action(request.Operation)).Append('\n');
        if (request.Operation != StonithOperation.MetaData)
        {
            input.Append("nodename=").Append(request.Node).Append('\n');
            AddPlug(input, request);
            foreach (KeyValuePair<string, string> parameter in request.Parameters)
            {
                input.Append(parameter.Key).Append('=').Append(parameter.Value).Append('\n');
            }
        }

        return new StonithCall(path, [path], StonithPrograms.Environment(), input.ToString());
    }

    public StonithOutcome Judge(StonithRequest request, in StonithEnd end, out string text)
    {
        text = "";
        if (request.Operation == StonithOperation.MetaData)
        {
            _data = end is { Signal: 0, Code: 0 } ? FenceMetaData.Read(end.Output) : null;
            text = _data is not null ? "" : end.Code == 0 && end.Signal == 0 ? "its metadata is not understood" : StonithText.Why(end);
            return _data is not null ? StonithOutcome.Ok : StonithOutcome.Failed;
        }

        if (end is { Signal: 0, Code: 0 })
        {
            return request.Operation == StonithOperation.Status ? StonithOutcome.IsOn : StonithOutcome.Ok;
        }

        if (end is { Signal: 0, Code: IsOffCode } && request.Operation is StonithOperation.Status or StonithOperation.Monitor)
        {
            // An agent whose monitor is its status may say that the node is off: the device has answered.
            return request.Operation == StonithOperation.Status ? StonithOutcome.IsOff : StonithOutcome.Ok;
        }

        text = StonithText.Why(end);
        return StonithOutcome.Failed;
    }

    private string Action(StonithOperation operation) => operation switch
    {
        StonithOperation.Off => "off",
        StonithOperation.On => "on",
        StonithOperation.Reset => "reboot",
        StonithOperation.Status => "status",
        StonithOperation.MetaData => "metadata",
        _ => _data is null || _data.HasAction("monitor") ? "monitor" : "status",
    };

    /// <summary>
    /// Where the metadata is not known yet both names are given: an agent ignores what it does not know. Without a plug
    /// in the configuration the node's name is given only to an agent that cannot do without.
    /// </summary>
    private void AddPlug(StringBuilder input, StonithRequest request)
    {
        foreach (string name in s_plugNames)
        {
            bool known = _data?.HasParameter(name) ?? request.Plug is not null;
            bool wanted = request.Plug is not null || (_data?.Requires(name) ?? false);
            if (known && wanted && request.Find(name) is null)
            {
                input.Append(name).Append('=').Append(request.Target).Append('\n');
                if (_data is not null)
                {
                    return;
                }
            }
        }
    }
}
