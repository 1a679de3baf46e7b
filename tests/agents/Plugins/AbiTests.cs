using System;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugin;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>The headers and the C# that mirrors them: a C compiler checks every size, offset and number.</summary>
public sealed class AbiTests : IDisposable
{
    private readonly PluginDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [PluginFact]
    public void Structures_and_numbers_of_both_headers_are_those_of_c()
    {
        StringBuilder program = new("#include <hbd_agent.h>\n#include <hbd_stonith.h>\n");
        Type[] structures =
        [
            typeof(hbd_parameter), typeof(hbd_agent_request), typeof(hbd_agent_reply), typeof(hbd_agent),
            typeof(hbd_stonith_parameter), typeof(hbd_stonith_request), typeof(hbd_stonith_reply), typeof(hbd_stonith),
        ];
        foreach (Type type in structures)
        {
            Add(program, type);
        }

        Equal(program, "HBD_AGENT_VERSION", AgentAbi.HBD_AGENT_VERSION);
        Equal(program, "HBD_STONITH_VERSION", StonithAbi.HBD_STONITH_VERSION);
        foreach (FieldInfo field in typeof(StonithAbi).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.Name.StartsWith("HBD_", StringComparison.Ordinal))
            {
                Equal(program, field.Name, Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture));
            }
        }

        Enumerate<SharedAction>(program, "HBD_ACTION_");
        Enumerate<AgentAction>(program, "HBD_ACTION_");
        Enumerate<SharedResult>(program, "HBD_");
        foreach (AgentResult result in Enum.GetValues<AgentResult>())
        {
            if ((int)result < 1000)
            {
                Equal(program, "HBD_" + Upper(result.ToString()), (int)result);
            }
        }

        File.WriteAllText(_directory.Root + "/abi.c", program.ToString());
        _directory.Compile("abi", _directory.Root + "/abi.c");
        File.WriteAllText(_directory.Root + "/abi.cc", program.ToString().Replace("_Static_assert", "static_assert", StringComparison.Ordinal));
        Sandbox.Must(
            "command -v g++ > /dev/null || exit 0; g++ -std=c++11 -Wall -Werror -Wno-invalid-offsetof -fsyntax-only -I"
            + PluginDirectory.Top + "/src/plugins/include " + _directory.Root + "/abi.cc");
    }

    private static void Enumerate<T>(StringBuilder program, string prefix)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            Equal(program, prefix + Upper(value.ToString()), Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
    }

    private static string Upper(string name)
    {
        StringBuilder upper = new();
        foreach (char c in name)
        {
            _ = upper.Append(char.IsAsciiLetterUpper(c) && upper.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(c));
        }

        return upper.ToString();
    }

    private static void Add(StringBuilder program, Type type)
    {
        // The structures are blittable: marshalled they are the same.
#pragma warning disable CA1421
        Equal(program, "sizeof(struct " + type.Name + ")", Marshal.SizeOf(type));
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            Equal(program, "offsetof(struct " + type.Name + ", " + field.Name + ")", Marshal.OffsetOf(type, field.Name));
        }
#pragma warning restore CA1421
    }

    private static void Equal(StringBuilder program, string c, long value)
        => program.Append(CultureInfo.InvariantCulture, $"_Static_assert({c} == {value}, \"{c}\");\n");
}
