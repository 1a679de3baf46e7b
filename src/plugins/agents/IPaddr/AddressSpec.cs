using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>What the configuration says about one address, checked.</summary>
/// <param name="Prefix">-1: that of the connected subnet.</param>
/// <param name="Interface">"None": the interface of the connected subnet.</param>
/// <param name="LabelSuffix">What comes after the colon of the label (<c>eth0:1</c>); empty for none.</param>
/// <param name="Broadcast">"None": computed.</param>
/// <param name="CheckLink">Monitor fails when the interface has no carrier.</param>
internal sealed record AddressSpec(
    NetAddress Address,
    int Prefix,
    InterfaceName Interface,
    string LabelSuffix,
    NetAddress Broadcast,
    bool CheckLink,
    AnnouncePlan Plan)
{
    /// <summary>The label on an interface; "none" without a suffix.</summary>
    public InterfaceName LabelOn(in InterfaceName link)
        => LabelSuffix.Length == 0
            ? default
            : InterfaceName.From(System.Text.Encoding.ASCII.GetBytes(link.ToString() + ":" + LabelSuffix));
}
