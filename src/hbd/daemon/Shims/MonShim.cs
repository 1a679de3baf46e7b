using System.Collections.Generic;
using System.Globalization;
using System.Security;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_mon -1 --output-as=xml</c>: the nodes, and no resources. Agents look there for a promoted instance elsewhere; that none is
/// named makes them rely on their own attributes. The peer is never called online: see <see cref="NodeShim"/>.
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
            context.Output.WriteLine("Online: [ " + context.Node + " ]  (hbctl status shows more)");
            return ShimExit.Ok;
        }

        context.Output.WriteLine("<?xml version=\"1.0\"?>");
        context.Output.WriteLine(modern ? "<pacemaker-result api-version=\"2.25\" request=\"crm_mon\">" : "<crm_mon version=\"2.1.5\">");
        context.Output.WriteLine("  <nodes>");
        for (int i = 0; i < context.Nodes.Count; i++)
        {
            context.Output.WriteLine(Node(context.Nodes[i], i, context.Nodes[i] == context.Node));
        }

        context.Output.WriteLine("  </nodes>");
        context.Output.WriteLine("  <resources/>");
        context.Output.WriteLine(modern ? "  <status code=\"0\" message=\"OK\"/>\n</pacemaker-result>" : "</crm_mon>");
        return ShimExit.Ok;
    }

    private static string Node(string name, int index, bool online) => string.Format(
        CultureInfo.InvariantCulture,
        "    <node name=\"{0}\" id=\"{1}\" online=\"{2}\" standby=\"false\" maintenance=\"false\" pending=\"false\" unclean=\"false\" type=\"member\"/>",
        SecurityElement.Escape(name), index + 1, online ? "true" : "false");
}
