using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Hbd.Plugin;

[assembly: SupportedOSPlatform("linux")]

namespace Example;

/// <summary>Writes a file on the node that runs the group: start as a whole, stop removes it, monitor compares.</summary>
public sealed class WriteFile : SharedAgent
{
    private static readonly WriteFile s_agent = new();

    public override string Name => "WriteFile";

    public override string MetaData => """
        <?xml version="1.0"?>
        <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
        <resource-agent name="WriteFile" version="1.0">
        <version>1.0</version>
        <longdesc lang="en">Writes a file on the node that runs the group.</longdesc>
        <shortdesc lang="en">Writes a file</shortdesc>
        <parameters>
        <parameter name="path" unique="1" required="1">
        <longdesc lang="en">The file, with an absolute path.</longdesc>
        <shortdesc lang="en">File</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="content" unique="0" required="0">
        <longdesc lang="en">What is in it. A line feed is added.</longdesc>
        <shortdesc lang="en">Content</shortdesc>
        <content type="string" default=""/>
        </parameter>
        <parameter name="mode" unique="0" required="0">
        <longdesc lang="en">Permissions, octal.</longdesc>
        <shortdesc lang="en">Mode</shortdesc>
        <content type="string" default="0644"/>
        </parameter>
        </parameters>
        <actions>
        <action name="start" timeout="20s"/>
        <action name="stop" timeout="20s"/>
        <action name="monitor" depth="0" timeout="20s" interval="10s"/>
        <action name="validate-all" timeout="5s"/>
        <action name="meta-data" timeout="5s"/>
        </actions>
        </resource-agent>
        """;

    /// <summary>The one symbol of the shared object.</summary>
    [UnmanagedCallersOnly(EntryPoint = "hbd_agent_v1")]
    public static nint Export() => SharedAgentTable.Of(s_agent);

    public override SharedResult Start(SharedCall call)
    {
        if (!TryRead(call, out string path, out string content, out UnixFileMode mode))
        {
            return SharedResult.NotConfigured;
        }

        string beside = path + ".new";
        File.WriteAllText(beside, content);
        File.SetUnixFileMode(beside, mode);
        if (call.IsCancelled)
        {
            File.Delete(beside);
            call.Reason("given up before the file was in its place");
            return SharedResult.Generic;
        }

        File.Move(beside, path, overwrite: true);
        return SharedResult.Ok;
    }

    public override SharedResult Stop(SharedCall call)
    {
        if (!TryRead(call, out string path, out _, out _))
        {
            return SharedResult.NotConfigured;
        }

        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return SharedResult.Ok;
    }

    public override SharedResult Monitor(SharedCall call)
    {
        if (!TryRead(call, out string path, out string content, out UnixFileMode mode))
        {
            return SharedResult.NotConfigured;
        }

        if (!File.Exists(path))
        {
            return SharedResult.NotRunning;
        }

        if (File.ReadAllText(path) != content || File.GetUnixFileMode(path) != mode)
        {
            call.Reason(path + " has another content or mode");
            return SharedResult.Generic;
        }

        return SharedResult.Ok;
    }

    public override SharedResult ValidateAll(SharedCall call)
        => TryRead(call, out _, out _, out _) ? SharedResult.Ok : SharedResult.NotConfigured;

    private static bool TryRead(SharedCall call, out string path, out string content, out UnixFileMode mode)
    {
        path = call.Parameters.GetValueOrDefault("path", "");
        content = call.Parameters.GetValueOrDefault("content", "") + "\n";
        mode = default;
        if (!path.StartsWith('/'))
        {
            call.Reason("path: expected an absolute path such as /run/service/config");
            return false;
        }

        string text = call.Parameters.GetValueOrDefault("mode", "0644");
        try
        {
            int bits = Convert.ToInt32(text, 8);
            mode = (UnixFileMode)bits;
            return bits is >= 0 and <= 0xFFF || Refuse(call, text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return Refuse(call, text);
        }
    }

    private static bool Refuse(SharedCall call, string mode)
    {
        call.Reason("mode: \"" + mode + "\" is no mode; expected octal such as 0644");
        return false;
    }
}
