using System;
using System.Globalization;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>How a program ended and what it printed → a result and a reason, by the rules of its class.</summary>
internal static class ProgramResult
{
    /// <summary>OCF_EXIT_REASON_PREFIX, as Pacemaker has it; the last such line on stderr counts.</summary>
    public const string ReasonPrefix = "ocf-exit-reason:";

    private const int ReasonChars = 500;

    public static AgentResult Judge(
        ProgramKind kind, AgentAction action, ExitStatus status, string output, string errors, out string reason)
    {
        if (status.Signal != 0)
        {
            reason = "ended by signal " + Text(status.Signal);
            return AgentResult.Crashed;
        }

        if (kind == ProgramKind.Systemd)
        {
            return SystemdUnit.Judge(action, status.Code, output, errors, out reason);
        }

        AgentResult result = kind == ProgramKind.Ocf || action != AgentAction.Monitor
            ? ByCode(status.Code)
            : kind == ProgramKind.Heartbeat ? ByText(output, errors, status.Code) : ByStatusCode(status.Code);
        bool well = result == AgentResult.Ok || (result == AgentResult.RunningPromoted && action == AgentAction.Monitor);
        reason = well ? Reason(errors, "") : Reason(errors, LastLine(errors, LastLine(output, "")));
        if (result == AgentResult.NotRunning && action == AgentAction.Stop)
        {
            // Stop of what is stopped has to be 0 (OCF 1.1, 3.4.2; LSB 20.2): this agent did not do what it was asked.
            reason = reason.Length > 0 ? reason : "stop ended with exit code 7, \"not running\"; 0 would have been right";
            return AgentResult.Generic;
        }

        if (reason.Length == 0 && !well && result != AgentResult.NotRunning)
        {
            reason = "exit code " + Text(status.Code) + ", and no word why";
        }

        return result;
    }

    /// <summary>Why something failed that gave no reason: its last line, or its code.</summary>
    public static string LastWords(string errors, string output, int code)
    {
        string line = Clean(LastLine(errors, LastLine(output, "")));
        return line.Length > 0 ? line : "code " + Text(code) + ", and no word why";
    }

    /// <summary>
    /// Text decides, as ResourceManager always did: "not running" or "stopped", then "running" or "OK", any case. The
    /// exit code
    /// only counts where the text says nothing of the kind.
    /// </summary>
    private static AgentResult ByText(string output, string errors, int code)
        => FromText(output) ?? FromText(errors) ?? ByStatusCode(code);

    private static AgentResult? FromText(string text)
    {
        if (text.Contains("not running", StringComparison.OrdinalIgnoreCase)
            || text.Contains("stopped", StringComparison.OrdinalIgnoreCase))
        {
            return AgentResult.NotRunning;
        }

        return text.Contains("running", StringComparison.OrdinalIgnoreCase) || HasWord(text, "ok") ? AgentResult.Ok : null;
    }

    /// <summary>LSB 20.2, status: 1 and 2 are dead with traces left, 3 is stopped, 4 is "cannot say". 7 is what OCF
    /// wrappers say.</summary>
    private static AgentResult ByStatusCode(int code) => code switch
    {
        0 => AgentResult.Ok,
        1 or 2 or 3 or 7 => AgentResult.NotRunning,
        _ => AgentResult.Generic,
    };

    private static AgentResult ByCode(int code)
        => code is (>= 0 and <= 9) or 190 or 191 ? (AgentResult)code : AgentResult.Generic;

    private static string Reason(string errors, string otherwise)
    {
        int at = errors.LastIndexOf(ReasonPrefix, StringComparison.Ordinal);
        if (at < 0)
        {
            return Clean(otherwise);
        }

        int start = at + ReasonPrefix.Length;
        int end = errors.IndexOf('\n', start);
        return Clean(end < 0 ? errors[start..] : errors[start..end]);
    }

    private static string LastLine(string text, string otherwise)
    {
        string trimmed = text.TrimEnd();
        return trimmed.Length == 0 ? otherwise : trimmed[(trimmed.LastIndexOf('\n') + 1)..];
    }

    /// <summary>For one line of a log: no control characters, no novel.</summary>
    /// <summary>One line without control characters, no novel.</summary>
    public static string Clean(string text)
    {
        StringBuilder clean = new();
        foreach (char c in text.Trim())
        {
            if (clean.Length == ReasonChars)
            {
                break;
            }

            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        return clean.ToString();
    }

    private static bool HasWord(string text, string word)
    {
        for (int at = 0; (at = text.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            int end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
