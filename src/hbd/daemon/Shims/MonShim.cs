using System.Collections.Generic;
using System.Globalization;
using System.Security;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_mon -1 --output-as=xml</c>: the nodes, and the resource that asks when it is promotable. Agents look there for a promoted
/// instance elsewhere; that no other is named makes them rely on their own attributes. When the peer is online: see <see cref="NodeShim"/>.
/// </summary>
internal static class MonShim
{
    private const string Tool = "crm_mon";

    private static readonly ShimOption[] s_options =
    [
        new('1', ShimArgument.None, "one-shot"),
        new('X', ShimArgument.None, "as-xml"),
        new('=', ShimArgument.Required, "output-as"),
        new('r', ShimArgument.None, "inactive"),
        new('n', ShimArgument.None, "group-by-node"),
        new('A', ShimArgument.None, "show-node-attributes"),
        new('V', ShimArgument.None, "verbose"),
    ];

    public static int Run(IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(Tool, problem, context);
        }

        if (given.Value('=') is { } format and not ("xml" or "text"))
        {
            return ShimProgram.Usage(Tool, "\"" + format + "\" is no --output-as; expected xml or text", context);
        }

        bool modern = given.Value('=') == "xml";
        if (!modern && !given.Has('X'))
        {
            context.Output.WriteLine("Online: [ " + (context.PeerHere == true ? string.Join(' ', context.Nodes) : context.Node) + " ]  (hbctl status shows more)");
            return ShimExit.Ok;
        }

        context.Output.WriteLine("<?xml version=\"1.0\"?>");
        context.Output.WriteLine(modern ? "<pacemaker-result api-version=\"2.25\" request=\"crm_mon\">" : "<crm_mon version=\"2.1.5\">");
        context.Output.WriteLine("  <nodes>");
        for (int i = 0; i < context.Nodes.Count; i++)
        {
            context.Output.WriteLine(Node(context.Nodes[i], i, context.IsMember(context.Nodes[i])));
        }

        context.Output.WriteLine("  </nodes>");
        Resources(context);
        context.Output.WriteLine(modern ? "  <status code=\"0\" message=\"OK\"/>\n</pacemaker-result>" : "</crm_mon>");
        return ShimExit.Ok;
    }

    private static void Resources(ShimContext context)
    {
        if (context.Instance is null || context.Runs.Count == 0)
        {
            context.Output.WriteLine("  <resources/>");
            return;
        }

        context.Output.WriteLine("  <resources>");
        for (int i = 0; i < context.Runs.Count; i++)
        {
            context.Output.WriteLine(string.Format(
                CultureInfo.InvariantCulture,
                "    <resource id=\"{0}\" role=\"{1}\" active=\"true\" orphaned=\"false\" blocked=\"false\" managed=\"true\" failed=\"false\""
                + " failure_ignored=\"false\" nodes_running_on=\"1\"><node name=\"{2}\" cached=\"true\"/></resource>",
                SecurityElement.Escape(context.Instance), context.Runs[i] == context.Promoted ? "Promoted" : "Unpromoted",
                SecurityElement.Escape(context.Runs[i])));
        }

        context.Output.WriteLine("  </resources>");
    }

    private static string Node(string name, int index, bool online) => string.Format(
        CultureInfo.InvariantCulture,
        "    <node name=\"{0}\" id=\"{1}\" online=\"{2}\" standby=\"false\" maintenance=\"false\" pending=\"false\" unclean=\"false\" type=\"member\"/>",
        SecurityElement.Escape(name), index + 1, online ? "true" : "false");
}
