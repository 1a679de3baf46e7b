using System.Globalization;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Stonith.RcdSerial;

/// <summary>
/// A reset button wired through an optocoupler to DTR or RTS of a serial line (rcd_serial of cluster-glue, same
/// parameters). It can only press: no off, no status, no answer whether a machine hangs on the wire.
/// </summary>
internal sealed class RcdSerialDriver : IStonithFunction
{
    private const int DurationDefaultMs = 500;
    private const int DurationMaxMs = 10_000;

    public bool Can(StonithOperation operation) => operation is StonithOperation.Reset or StonithOperation.Monitor;

    public string? Validate(StonithRequest request)
    {
        if (request.Find("ttydev", "device") is not { } device || !device.StartsWith('/'))
        {
            return "expected ttydev = \"/dev/ttyS0\"";
        }

        if ((request.Find("dtr_rts") ?? "rts") is not ("dtr" or "rts"))
        {
            return "dtr_rts \"" + request.Find("dtr_rts") + "\" is unknown; expected dtr or rts";
        }

        return DurationMs(request) is null
            ? "msduration \"" + request.Find("msduration") + "\" is out of range; expected 1 to 10000" : null;
    }

    public StonithOutcome Run(StonithRequest request, out string text)
    {
        string device = request.Find("ttydev", "device")!;
        if (request.Operation == StonithOperation.Monitor)
        {
            text = ModemLine.Problem(device) ?? "";
            return text.Length == 0 ? StonithOutcome.Ok : StonithOutcome.Failed;
        }

        bool dtr = request.Find("dtr_rts") == "dtr";
        Errno error = ModemLine.Pulse(device, dtr, DurationMs(request)!.Value, out string call);
        text = error.IsError ? device + ": " + call + ": " + error.Text : "";
        return error.IsError ? StonithOutcome.Failed : StonithOutcome.Ok;
    }

    private static int? DurationMs(StonithRequest request)
    {
        if (request.Find("msduration") is not { } text)
        {
            return DurationDefaultMs;
        }

        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        return valid && value is >= 1 and <= DurationMaxMs ? value : null;
    }
}
