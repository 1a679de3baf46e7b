using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Core.Config;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Classic;

/// <summary>
/// <c>cl_status</c>: the questions, words and exit codes of heartbeat 3.0.6, answered from the status of hbd. Nothing takes longer than five
/// seconds.
/// </summary>
internal sealed class ClStatus
{
    private const int NormalFail = 1;
    private const int ParameterError = 11;
    private const int TimedOut = 12;
    private const int UnknownError = 13;
    private const int LimitMs = 5_000;

    /// <summary>heartbeat's own default of a weight nobody has set.</summary>
    private const string Weight = "100";
    private const string Site = "Default";

    private const string WrongNode = "Error. May be due to incorrect node name";

    private static readonly Dictionary<string, (string Options, int Words)> s_commands = new()
    {
        ["hbstatus"] = ("mv", 0),
        ["listnodes"] = ("mpnv", 0),
        ["nodestatus"] = ("m", 1),
        ["nodeweight"] = ("m", 1),
        ["nodesite"] = ("m", 1),
        ["nodetype"] = ("m", 1),
        ["listhblinks"] = ("mv", 1),
        ["hblinkstatus"] = ("m", 2),
        ["clientstatus"] = ("m", 2),
        ["rscstatus"] = ("m", 0),
        ["hbparameter"] = ("mp:", 0),
    };

    private readonly TextWriter _out;
    private readonly TextWriter _errors;
    private readonly List<char> _options = [];
    private readonly List<string> _words = [];
    private string? _parameter;

    internal ClStatus(TextWriter output, TextWriter errors)
    {
        _out = output;
        _errors = errors;
    }

    private bool Human => _options.Contains('m');

    private bool Verbose => _options.Contains('v');

    public static int Run(string[] args)
    {
        using Timer alarm = new(_ => Environment.Exit(TimedOut), null, LimitMs, Timeout.Infinite);
        return new ClStatus(Console.Out, Console.Error).Run(args, Ask, Parameter);
    }

    /// <param name="ask">The status, or null and why not.</param>
    /// <param name="parameter">Value of a parameter of ha.cf, or null.</param>
    internal int Run(string[] args, Func<(StatusDocument? Status, bool Refused)> ask, Func<string, string?> parameter)
    {
        if (args.Length == 0 || args is ["-h"])
        {
            _out.Write(ClStatusHelp.Text);
            return ExitCode.Ok;
        }

        if (!s_commands.TryGetValue(args[0], out (string Options, int Words) command))
        {
            Log(args[0] + ": invalid sub-command.");
            return ParameterError;
        }

        (StatusDocument? status, bool refused) = ask();
        if (status is null && args[0] != "hbstatus")
        {
            Log("Cannot signon with heartbeat");
            Log("REASON: hb_api_signon: Can't initiate connection to heartbeat");
            return NormalFail;
        }

        if (!Parse(args, command.Options) && args[0] != "hbstatus")
        {
            return ParameterError;
        }

        if (_words.Count < command.Words)
        {
            _errors.WriteLine(args[0] is "nodestatus" or "nodeweight" or "nodesite" ? "Not enough parameters." : "No enough parameter.");
            return ParameterError;
        }

        return status is null ? Stopped(refused) : Answer(args[0], new ClassicView(status), status, parameter);
    }

    private int Answer(string command, ClassicView view, StatusDocument status, Func<string, string?> parameter)
    {
        switch (command)
        {
            case "hbstatus":
                return Running(view, status);
            case "listnodes":
                return ListNodes(view);
            case "listhblinks":
                return ListLinks(view, _words[0]);
            case "hblinkstatus":
                return LinkStatus(view);
            case "clientstatus":
                return ClientStatus(view);
            case "rscstatus":
                Say(view.Holding(), "This node is holding ", " resources.");
                return ExitCode.Ok;
            case "hbparameter":
                return HbParameter(parameter);
            default:
                return About(command, view.Find(_words[0]));
        }
    }

    /// <summary>nodestatus, nodeweight, nodesite, nodetype.</summary>
    private int About(string command, ClassicNode? node)
    {
        if (node is null)
        {
            _errors.WriteLine(command == "nodeweight" ? "Error. Maybe due to incorrect node name." : WrongNode);
            return ParameterError;
        }

        string name = _words[0];
        switch (command)
        {
            case "nodestatus":
                Say(node.Status, "The cluster node " + name + " is ", "");
                return node.Status is "active" or "up" or "ping" ? ExitCode.Ok : NormalFail;
            case "nodeweight":
                Say(Weight, "The weight of the cluster node " + name + " is ", "");
                return ExitCode.Ok;
            case "nodesite":
                Say(Site, "The site of the cluster node " + name + " is ", "");
                return ExitCode.Ok;
            default:
                Say(node.Type, "The node " + name + "'s type: ", "");
                return ExitCode.Ok;
        }
    }

    private int Stopped(bool refused)
    {
        _out.WriteLine(refused ? "Heartbeat is apparently running on this machine, but refuses my connection" : "Heartbeat is stopped on this machine.");
        return refused ? ExitCode.Ok : NormalFail;
    }

    private int Running(ClassicView view, StatusDocument status)
    {
        if (!Verbose)
        {
            _out.WriteLine("Heartbeat is running on this machine.");
            return ExitCode.Ok;
        }

        _out.WriteLine(Human ? "Heartbeat version hbd " + status.Version : "version:\thbd " + status.Version);
        _out.WriteLine(Human ? "Resources controlled by \"haresources\"" : "managed by:\t\"haresources\"");
        return ListNodes(view);
    }

    private int ListNodes(ClassicView view)
    {
        bool both = _options.Contains('n') == _options.Contains('p');
        if (Human)
        {
            _out.WriteLine("The nodes are as follow:");
        }

        foreach (ClassicNode node in view.Nodes.Where(n => both || (n.Type == "ping") == _options.Contains('p')))
        {
            if (!Verbose)
            {
                _out.WriteLine(node.Name);
                continue;
            }

            _out.WriteLine();
            _out.WriteLine(node.Name + "\t" + node.Status + "\t(nodetype: " + node.Type + ")");
            _ = ListLinks(view, node.Name);
        }

        return ExitCode.Ok;
    }

    private int ListLinks(ClassicView view, string name)
    {
        if (view.Find(name) is not { } node)
        {
            Log("Cannot start heartbeat link interface walk.");
            Log("REASON: no such node");
            return UnknownError;
        }

        if (Human)
        {
            _out.WriteLine("\tthis node has the following heartbeat links:");
        }

        foreach (string link in node.Links.Select(l => l.Name).Distinct())
        {
            _out.WriteLine("\t" + link + (Verbose ? "\t" + ClassicView.LinkState(node, link) : ""));
        }

        return ExitCode.Ok;
    }

    private int LinkStatus(ClassicView view)
    {
        if (view.Find(_words[0]) is not { } node || ClassicView.LinkState(node, _words[1]) is not { } state)
        {
            Log("Cannot get heartbeat link status");
            Log("REASON: no such node or link");
            return UnknownError;
        }

        Say(state, "The node " + _words[0] + "'s heartbeat link " + _words[1] + " is ", "");
        return state == "up" ? ExitCode.Ok : NormalFail;
    }

    private int ClientStatus(ClassicView view)
    {
        if (view.Find(_words[0]) is not { } node)
        {
            Log("Cannot get heartbeat client " + _words[1] + "'s status");
            Log("REASON: no such node");
            return UnknownError;
        }

        bool online = view.IsOnline(node, _words[1]);
        _out.WriteLine(online ? "online" : "offline");
        return online ? ExitCode.Ok : NormalFail;
    }

    private int HbParameter(Func<string, string?> parameter)
    {
        if (_parameter is null)
        {
            Log("parameter name required");
            return ParameterError;
        }

        if (parameter(_parameter) is not { } value)
        {
            Log("Cannot get parameter " + _parameter + "'s value");
            Log("REASON: it is not set, or hbd has no such parameter");
            return NormalFail;
        }

        Say(value, "Heartbeat parameter " + _parameter + "'s value: ", "");
        return ExitCode.Ok;
    }

    /// <summary>As getopt(3) does: options may stand anywhere before "--", and letters together.</summary>
    private bool Parse(string[] args, string letters)
    {
        bool onlyWords = false;
        for (int i = 1; i < args.Length; i++)
        {
            string word = args[i];
            if (onlyWords || word.Length < 2 || word[0] != '-')
            {
                _words.Add(word);
                continue;
            }

            onlyWords = word == "--";
            for (int at = 1; !onlyWords && at < word.Length; at++)
            {
                int known = word[at] == ':' ? -1 : letters.IndexOf(word[at], StringComparison.Ordinal);
                bool valued = known >= 0 && known + 1 < letters.Length && letters[known + 1] == ':';
                if (known < 0 || (valued && at + 1 == word.Length && i + 1 == args.Length))
                {
                    _errors.WriteLine(args[0] + ": " + (known < 0 ? "invalid option" : "option requires an argument") + " -- '" + word[at] + "'");
                    Log("Error: getopt returnedcharacter code ?.");
                    return false;
                }

                _options.Add(word[at]);
                if (valued)
                {
                    _parameter = at + 1 < word.Length ? word[(at + 1)..] : args[++i];
                    break;
                }
            }
        }

        return true;
    }

    private void Say(string value, string before, string after) => _out.WriteLine(Human ? before + value + after : value);

    private void Log(string text) => _errors.WriteLine("cl_status: ERROR: " + text);

    private static (StatusDocument? Status, bool Refused) Ask()
    {
        using ControlConnection? connection = ControlConnection.Try(ClassicCommands.SocketPath, out Errno error);
        return connection is null ? (null, error.Value is Errno.EACCES or Errno.EPERM) : (connection.Ask(ControlCommand.Status, "").Status, false);
    }

    private static string? Parameter(string name)
        => ConfigFile.TryRead(ClassicCommands.ConfigPath, out byte[] text, out _)
            && ConfigLoader.Load(ClassicCommands.ConfigPath, text).Config is { } config ? ClassicParameters.Find(config, name) : null;
}
