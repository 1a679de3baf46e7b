using System;
using System.Globalization;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugin;
using Hbd.Sys;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>An agent out of a shared object, in this process.</summary>
internal sealed unsafe class LoadedAgent
{
    /// <summary>The largest of resource-agents has some 40 KB.</summary>
    private const int MetaDataBytes = 256 * 1024;

    private const int VersionsKnown = 9;

    private readonly delegate* unmanaged[Cdecl]<hbd_agent_request*, hbd_agent_reply*, int> _run;

    private LoadedAgent(string name, string metaData, delegate* unmanaged[Cdecl]<hbd_agent_request*, hbd_agent_reply*, int> run)
    {
        Name = name;
        MetaData = metaData;
        _run = run;
    }

    /// <summary>The file's, without its ending.</summary>
    public string Name { get; }

    public string MetaData { get; }

    /// <summary>Loads it and asks for its table; null, and why it cannot be used. Runs code of the file.</summary>
    public static LoadedAgent? Load(string name, string path, out string problem)
    {
        problem = ElfFile.LoadProblem(path) ?? "";
        if (problem.Length > 0 || SharedObject.Open(path, out problem) is not { } file)
        {
            return null;
        }

        nint entry = file.Find(AgentAbi.Symbol);
        if (entry == 0)
        {
            problem = path + OtherVersion(file);
            return null;
        }

        hbd_agent* table = ((delegate* unmanaged[Cdecl]<hbd_agent*>)entry)();
        problem = Problem(table);
        if (problem.Length > 0)
        {
            problem = path + problem;
            return null;
        }

        return new LoadedAgent(name, Text(table->meta_data(), MetaDataBytes), table->run);
    }

    /// <summary>On a worker, or in a process of its own.</summary>
    public AgentResult Run(PluginCall call, AgentAction action, uint checkLevel, long deadlineNs, out string problem)
    {
        int code = call.Run(_run, action, checkLevel, deadlineNs);
        problem = "";
        if (code is not ((>= 0 and <= 9) or 190 or 191))
        {
            problem = "the agent returned " + Text(code) + ", which is no code of OCF";
            return AgentResult.Generic;
        }

        if (code == (int)AgentResult.NotRunning && action == AgentAction.Stop)
        {
            problem = "stop returned 7, \"not running\"; 0 would have been right";
            return AgentResult.Generic;
        }

        return (AgentResult)code;
    }

    private static string OtherVersion(SharedObject file)
    {
        for (int version = 2; version <= VersionsKnown; version++)
        {
            if (file.Find("hbd_agent_v" + Text(version)) != 0)
            {
                return " was built for version " + Text(version) + " of the agent interface; this hbd speaks version "
                    + Text((int)AgentAbi.HBD_AGENT_VERSION);
            }
        }

        return " has no symbol " + AgentAbi.Symbol + ": it is no agent of hbd";
    }

    private static string Problem(hbd_agent* table)
    {
        if (table == null)
        {
            return ": " + AgentAbi.Symbol + " returned nothing";
        }

        if (table->version != AgentAbi.HBD_AGENT_VERSION)
        {
            return " was built for version " + table->version.ToString(CultureInfo.InvariantCulture)
                + " of the agent interface; this hbd speaks version " + Text((int)AgentAbi.HBD_AGENT_VERSION);
        }

        if (table->size < sizeof(hbd_agent))
        {
            return ": its table has " + table->size.ToString(CultureInfo.InvariantCulture) + " bytes; version 1 has at least "
                + Text(sizeof(hbd_agent));
        }

        return table->run == null || table->meta_data == null ? ": its table has no run or no meta_data" : "";
    }

    private static string Text(byte* text, int most)
    {
        int length = 0;
        while (text != null && length < most && text[length] != 0)
        {
            length++;
        }

        return Encoding.UTF8.GetString(text, length);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
