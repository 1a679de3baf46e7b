namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>The OCF description of the agent, as <c>meta-data</c> prints it.</summary>
internal static class IPaddrMetaData
{
    public const string Xml = """
        <?xml version="1.0"?>
        <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
        <resource-agent name="IPaddr" version="1.0">
        <version>1.1</version>
        <longdesc lang="en">
        Adds an IPv4 or IPv6 address to an interface and announces it to the neighbours: gratuitous ARP in both forms,
        unsolicited neighbour advertisements. Part of hbd, no program is started. Also answers as IPaddr2 and IPv6addr.
        In haresources notation: ip[/bits[/interface[:label]][/broadcast]].
        </longdesc>
        <shortdesc lang="en">Address of a service</shortdesc>
        <parameters>
        <parameter name="ip" unique="1" required="1">
        <longdesc lang="en">The address: 10.0.0.100 or 2001:db8::1.</longdesc>
        <shortdesc lang="en">Address</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="cidr_netmask" unique="0" required="0">
        <longdesc lang="en">Prefix length or dotted netmask. Default: that of the subnet the address lies in.</longdesc>
        <shortdesc lang="en">Prefix length</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="nic" unique="0" required="0">
        <longdesc lang="en">The interface. Default: the one that the subnet of the address is connected to.</longdesc>
        <shortdesc lang="en">Interface</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="broadcast" unique="0" required="0">
        <longdesc lang="en">Broadcast address, IPv4 only. Default: the last address of the subnet.</longdesc>
        <shortdesc lang="en">Broadcast address</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="iflabel" unique="0" required="0">
        <longdesc lang="en">Label behind the colon, IPv4 only: 1 makes eth0:1.</longdesc>
        <shortdesc lang="en">Interface label</shortdesc>
        <content type="string"/>
        </parameter>
        <parameter name="arp_count" unique="0" required="0">
        <longdesc lang="en">Announcements after a start, the first at once. 0: none at all.</longdesc>
        <shortdesc lang="en">Announcements after a start</shortdesc>
        <content type="integer" default="5"/>
        </parameter>
        <parameter name="arp_interval" unique="0" required="0">
        <longdesc lang="en">Milliseconds between these announcements.</longdesc>
        <shortdesc lang="en">Announcement interval (ms)</shortdesc>
        <content type="integer" default="200"/>
        </parameter>
        <parameter name="arp_refresh" unique="0" required="0">
        <longdesc lang="en">Seconds between announcements for as long as the address is held. 0: none.</longdesc>
        <shortdesc lang="en">Announcement refresh (s)</shortdesc>
        <content type="integer" default="60"/>
        </parameter>
        <parameter name="check_link_status" unique="0" required="0">
        <longdesc lang="en">Monitor fails when the interface has no carrier.</longdesc>
        <shortdesc lang="en">Check the carrier</shortdesc>
        <content type="boolean" default="true"/>
        </parameter>
        </parameters>
        <actions>
        <action name="start" timeout="20s"/>
        <action name="stop" timeout="20s"/>
        <action name="monitor" depth="0" timeout="20s" interval="10s"/>
        <action name="validate-all" timeout="5s"/>
        <action name="meta-data" timeout="5s"/>
        </actions>
        </resource-agent>

        """;
}
