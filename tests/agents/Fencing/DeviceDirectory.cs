using System;
using System.IO;
using System.Threading;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// Where a test keeps its devices, their power and their log. <c>fence_test</c> is a power switch that speaks the protocol of fence agents, and does as it is told by
/// files: DEVICE.wait holds a shot or a test, DEVICE.holdon an "on"; DEVICE.fail refuses shots, DEVICE.refuse everything; DEVICE.hang hangs; DEVICE.stuck says off and stays on.
/// A device that was ended may still be writing when the directory goes.
/// </summary>
internal sealed class DeviceDirectory : IDisposable
{
    /// <summary>Another device for the same node, that has nothing but a reset button: a test writes <c>plain</c> to have it.</summary>
    public const string Button = "[[stonith]]\nhost = \"node2\"\nagent = \"external/plain\"\nself_test = 0\nlevel = 2\n";

    public const string Switch = """
        input=$(cat)
        value() { printf '%s\n' "$input" | sed -n "s/^$1=//p" | tail -1; }
        action=$(value action)
        device=$(value device)
        [ "$action" = metadata ] || echo "$device $action" >> $D/log
        if [ -e $D/$device.refuse ]; then echo "refused, password $(value password)" >&2; exit 1; fi
        if [ -e $D/$device.hang ]; then sleep 60; fi
        case $action in
            metadata) echo '<a><parameters><parameter name="plug" required="1"/></parameters><actions><action name="on"/><action name="off"/><action name="reboot"/><action name="status"/><action name="monitor"/></actions></a>' ;;
            off)
                while [ -e $D/$device.wait ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done
                [ -e $D/$device.fail ] && exit 1
                [ -e $D/$device.stuck ] || echo off > $D/$device.power ;;
            on)
                while [ -e $D/$device.holdon ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done
                echo on > $D/$device.power ;;
            monitor) while [ -e $D/$device.wait ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done ;;
            status) [ "$(cat $D/$device.power)" = off ] && exit 2 ;;
        esac
        exit 0
        """;

    public DeviceDirectory() => Script("fence_test", Switch);

    public string Path { get; } = Directory.CreateTempSubdirectory("hbd-fence-").FullName;

    /// <summary>A power supply of node2 behind <c>fence_test</c>.</summary>
    public static string Device(string name, string more = "", string parameters = "")
        => "[[stonith]]\nhost = \"node2\"\nagent = \"fence_test\"\nname = \"" + name + "\"\nparams = { device = \"" + name + "\""
            + parameters + " }\nself_test = 0\n" + more;

    public void Script(string name, string body) => FenceLoop.Script(Path, name, body);

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Touch(string name) => File.WriteAllText(PathOf(name), "");

    public void Remove(string name) => File.Delete(PathOf(name));

    public string Power(string device) => File.ReadAllText(PathOf(device + ".power")).Trim();

    /// <summary>What was said to devices, in order, with commas.</summary>
    public string Log() => File.Exists(PathOf("log")) ? string.Join(',', File.ReadAllLines(PathOf("log"))) : "";

    public void Dispose()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(Path, true);
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(10);
            }
        }
    }
}
