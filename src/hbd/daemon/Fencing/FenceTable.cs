using System.Collections.Generic;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;
using Hbd.Plugins.Stonith;

namespace Hbd.Daemon.Fencing;

/// <summary>The driver of every device, looked up once when the configuration is taken into use.</summary>
internal sealed class FenceTable
{
    public FenceTable(ClusterConfig config, StonithPaths paths)
    {
        List<FenceDevice> devices = [];
        List<string> problems = [];
        foreach (StonithConfig device in config.Stonith)
        {
            IStonithDriver driver = StonithDrivers.Create(device, paths);
            string node = config.Nodes[device.Node];
            string? problem = Problem(device, driver, node);
            devices.Add(new FenceDevice(devices.Count, device, node, driver, problem));
            if (problem is not null)
            {
                problems.Add("stonith " + device.Name + ": " + problem);
            }
        }

        Devices = devices;
        Problems = problems;
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<FenceDevice> Devices { get; }

    /// <summary>One sentence for each device that cannot be used on this machine.</summary>
    public IReadOnlyList<string> Problems { get; }

    private static string? Problem(StonithConfig device, IStonithDriver driver, string node)
    {
        if (FenceSecrets.Resolve(device.Parameters, device.Secrets, out string problem) is not { } parameters)
        {
            return problem;
        }

        string? wrong = driver.Validate(new StonithRequest(StonithOperation.Monitor, node, device.Plug, parameters, 0));
        return wrong is null ? null : FenceSecrets.Hide(wrong, parameters, device.Secrets);
    }
}
