using System.Collections.Generic;

namespace Hbd.Daemon.Conversion;

/// <summary>
/// Parameters of the plugins of cluster-glue 1.0.12 in their order, as <c>getconfignames</c> and <c>stonith -n</c> print them there: for
/// machines on which the plugin is not installed.
/// </summary>
internal static class StonithNames
{
    public static readonly IReadOnlyDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["external/drac5"] = "hostname ipaddr userid",
        ["external/dracmc-telnet"] = "nodename cyclades_ip cyclades_port servername username password",
        ["external/hetzner"] = "hostname remote_ip",
        ["external/hmchttp"] = "hostlist hmc_ipaddr user password",
        ["external/ibmrsa"] = "hostname ipaddr userid passwd type",
        ["external/ipmi"] = "hostname ipaddr userid passwd interface",
        ["external/ippower9258"] = "deviceip username password hostlist",
        ["external/kdumpcheck"] = "hostlist identity_file",
        ["external/libvirt"] = "hostlist hypervisor_uri reboot_method",
        ["external/nut"] = "hostname ups username password poweron poweroff reset statusvar upscmd upsc",
        ["external/rackpdu"] = "hostlist pduip community",
        ["external/riloe"] = "hostlist ilo_hostname ilo_user ilo_password ilo_can_reset ilo_protocol ilo_powerdown_method ilo_proxyhost ilo_proxyport",
        ["external/ssh"] = "hostlist",
        ["external/vmware"] = "device_host",
        ["external/xen0"] = "hostlist dom0",
        ["external/xen0-ha"] = "hostlist dom0_cluster_ip timeout",
        ["apcmaster"] = "ipaddr login password",
        ["apcmastersnmp"] = "ipaddr port community",
        ["apcsmart"] = "ttydev hostlist",
        ["baytech"] = "ipaddr login password",
        ["cyclades"] = "ipaddr login serialport",
        ["drac3"] = "host login password",
        ["ibmhmc"] = "ipaddr",
        ["ipmilan"] = "hostname ipaddr port auth priv login password reset_method",
        ["meatware"] = "hostlist",
        ["nw_rpc100s"] = "ttydev hostlist",
        ["rcd_serial"] = "hostlist ttydev dtr_rts msduration",
        ["rps10"] = "serial_to_targets",
        ["ssh"] = "hostlist",
        ["wti_mpc"] = "ipaddr port community mib-version",
        ["wti_nps"] = "ipaddr password",
    };
}
