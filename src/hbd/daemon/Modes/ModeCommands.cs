using System;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Modes;

/// <summary>
/// What a client says with maintenance and move: <c>MILLISECONDS NODE-or-'-' SUBJECT</c>, where the subject is a group, a node or
/// <c>all</c>. No time is 0.
/// </summary>
internal static class ModeCommands
{
    /// <summary>Longest time that may be asked for: the wire counts milliseconds in 32 bits.</summary>
    public static readonly Duration LengthMax = Duration.FromSeconds(30 * 86_400);

    public static bool Is(ControlCommand command) => command is >= ControlCommand.MaintenanceOn and <= ControlCommand.MoveEnd;

    public static string Compose(Duration length, string? node, string subject)
        => length.Milliseconds.ToString(CultureInfo.InvariantCulture) + " " + (node ?? "-") + " " + subject;

    /// <summary>Null, or what is wrong with it.</summary>
    public static string? TryRead(ControlCommand command, string text, ClusterConfig config, int self, out ClusterEvent e)
    {
        e = default;
        string[] words = text.Split(' ', 3);
        if (words.Length != 3 || !uint.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint ms)
            || ms > LengthMax.Milliseconds)
        {
            return "expected MILLISECONDS NODE SUBJECT, such as \"0 - all\"";
        }

        bool move = command is ControlCommand.Move or ControlCommand.MoveEnd;
        int node = NodeOf(words[1], config);
        int subject = move ? -1 : words[2] == "" ? self : NodeOf(words[2], config);
        bool known = Selector.TryParse(words[2], config, out GroupSelector kind, out int group);
        if ((node < 0 && words[1] != "-") || (subject < 0 && !known) || (move && kind != GroupSelector.One)
            || kind is GroupSelector.Local or GroupSelector.Foreign)
        {
            bool wrongNode = node < 0 && words[1] != "-";
            return "no " + (wrongNode ? "node \"" + words[1] : move ? "group \"" + words[2] : "node or group \"" + words[2]) + "\"; there are "
                + string.Join(", ", wrongNode || !move ? config.Nodes : []) + (wrongNode ? "" : (move ? "" : ", ") + Groups(config))
                + (move || wrongNode ? "" : ", all");
        }

        OperatorCommand wanted = command switch
        {
            ControlCommand.MaintenanceOn => OperatorCommand.MaintenanceOn,
            ControlCommand.MaintenanceOff => OperatorCommand.MaintenanceOff,
            ControlCommand.Move => OperatorCommand.Move,
            _ => OperatorCommand.MoveEnd,
        };
        e = ClusterEvent.Mode(wanted, subject >= 0 ? GroupSelector.One : kind, group, move ? node : subject, Duration.FromMilliseconds(ms));
        return null;
    }

    private static string Groups(ClusterConfig config)
    {
        const int Shown = 12;
        string[] names = new string[Math.Min(Shown, config.Groups.Count)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = config.Groups[i].Name;
        }

        return string.Join(", ", names);
    }

    private static int NodeOf(string name, ClusterConfig config)
        => name.Equals(config.Nodes[0], StringComparison.OrdinalIgnoreCase) ? 0
            : name.Equals(config.Nodes[1], StringComparison.OrdinalIgnoreCase) ? 1 : -1;
}
