using Hbd.Core.Config;
using Hbd.Plugins.Sdk;
using Hbd.Plugins.Stonith.External;
using Hbd.Plugins.Stonith.Fence;
using Hbd.Plugins.Stonith.Glue;
using Hbd.Plugins.Stonith.Meatware;
using Hbd.Plugins.Stonith.Null;
using Hbd.Plugins.Stonith.Nut;
using Hbd.Plugins.Stonith.RcdSerial;
using Hbd.Plugins.Stonith.Shared;

namespace Hbd.Plugins.Stonith;

/// <summary>The driver of a device, one object each.</summary>
public static class StonithDrivers
{
    public static IStonithDriver Create(StonithConfig device, StonithPaths paths) => device.Kind switch
    {
        StonithKind.FenceAgent => new FenceAgentDriver(device.Type, paths),
        StonithKind.External => new ExternalDriver(device.Type, paths),
        StonithKind.Glue => new GlueDriver(device.Type, paths),
        StonithKind.Meatware => new MeatwareDriver(),
        StonithKind.RcdSerial => new RcdSerialDriver(),
        StonithKind.Nut => new NutDriver(),
        StonithKind.Plugin => new SharedStonithDriver(device.Type, paths),
        _ => new NullDriver(),
    };
}
