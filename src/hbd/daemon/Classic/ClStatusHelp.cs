namespace Hbd.Daemon.Classic;

/// <summary>What cl_status says about itself.</summary>
internal static class ClStatusHelp
{
    public const string Text = """
        Usage: cl_status <sub-command> [<options>] [<parameters>]

        Answers in the words of heartbeat 3; hbctl status says more.

          hbstatus [-v]                  whether the daemon of this machine runs
          listnodes [-p|-n] [-v]         the nodes; -p ping nodes only, -n the others only
          nodestatus NODE                active, up, dead; of a ping node: ping, dead
          nodetype NODE                  normal or ping
          nodeweight NODE                always 100
          nodesite NODE                  always Default
          listhblinks [-v] NODE          its heartbeat links; -v with their state
          hblinkstatus NODE LINK         up or dead
          clientstatus NODE CLIENT       online or offline; ipfail is a part of hbd
          rscstatus                      none, local, foreign, all or transition
          hbparameter -p NAME            a parameter of ha.cf, as far as hbd has it

        -m gives sentences instead of words. Exit codes: 0 yes, 1 no, 11 wrong usage, 12 no answer in 5 seconds, 13 unknown.

        """;
}
