using System;
using System.IO;
using Hbd.Agents.Tests.Plugins;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Shims;
using Xunit;

namespace Hbd.Agents.Tests;

/// <content>Agents that need a network, and those of services, with the services themselves.</content>
public sealed partial class RealAgentTests
{
    private const string Network =
        "ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up && ip addr add 10.0.0.1/24 dev eth0";

    [RootFact(Ocf + "IPaddr2", "ip")]
    public void Ocf_ipaddr2() => Life(
        Heartbeat("IPaddr2", ("ip", "10.0.0.100"), ("cidr_netmask", "24"), ("nic", "eth0")),
        () => Assert.Contains("10.0.0.100/24", Sandbox.Sh("ip addr show eth0").Output, StringComparison.Ordinal),
        () => Sandbox.Must(Network));

    [RootFact(Ocf + "Route", "ip")]
    public void Ocf_route() => Life(
        Heartbeat("Route", ("destination", "10.9.0.0/24"), ("device", "eth0"), ("gateway", "10.0.0.2")),
        () => Assert.Contains("10.9.0.0/24 via 10.0.0.2", Sandbox.Sh("ip route").Output, StringComparison.Ordinal),
        () => Sandbox.Must(Network));

    [RootFact(Ocf + "SendArp", "ip")]
    public void Ocf_sendarp() => Life(
        Heartbeat("SendArp", ("ip", "10.0.0.100"), ("nic", "eth0")), null, () => Sandbox.Must(Network + " && ip addr add 10.0.0.100/24 dev eth0"));

    [RootFact(Ocf + "nginx", "nginx")]
    public void Ocf_nginx()
    {
        string config = Write("nginx.conf", $$"""
            pid {{_directory}}/nginx.pid;
            error_log {{_directory}}/error.log;
            events { }
            http { access_log off; server { listen 127.0.0.1:80; location / { return 200 "test page"; } } }

            """);
        Life(
            Heartbeat(
                "nginx", ("configfile", config), ("status10url", "http://127.0.0.1:80/"), ("status10regex", "test page")),
            level: 10);
    }

    [RootFact(Ocf + "apache", "apache2", "curl", "/usr/lib/apache2/modules/mod_status.so")]
    public void Ocf_apache()
    {
        string config = Write("apache.conf", $$"""
            ServerName localhost
            ServerRoot {{_directory}}
            PidFile {{_directory}}/apache.pid
            ErrorLog {{_directory}}/error.log
            Listen 127.0.0.1:80
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule status_module /usr/lib/apache2/modules/mod_status.so
            <Location /server-status>
            SetHandler server-status
            </Location>

            """);
        Life(
            Heartbeat(
                "apache", ("configfile", config), ("httpd", "/usr/sbin/apache2"), ("port", "80"),
                ("testurl", "http://127.0.0.1/server-status"), ("testregex10", "Apache Server Status")), level: 10);
    }

    [RootFact(Ocf + "named", "named", "dig")]
    public void Ocf_named()
    {
        string config = Write("named.conf", $$"""
            options { directory "{{_directory}}"; pid-file "{{_directory}}/named.pid"; session-keyfile "{{_directory}}/session.key";
              listen-on { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; };
            zone "example.test" { type master; file "{{_directory}}/zone"; };
            controls { };

            """);
        Write("zone", "$TTL 60\n@ SOA a. b. 1 60 60 60 60\n@ NS a.\nwww A 10.0.0.7\n");
        Life(Heartbeat(
            "named", ("named_config", config), ("named_pidfile", _directory + "/named.pid"), ("named_user", "root"),
            ("rndc", "/usr/sbin/rndc"), ("monitor_request", "www.example.test"), ("monitor_response", "10.0.0.7"),
            ("monitor_ip", "127.0.0.1")));
    }

    [RootFact(Ocf + "redis", "/usr/bin/redis-server", "/usr/bin/redis-cli")]
    public void Ocf_redis()
    {
        string config = Write("redis.conf", "bind 127.0.0.1\ndaemonize yes\nsave \"\"\n");
        Sandbox.Must("chown redis " + _directory + " " + config);
        Life(
            Heartbeat(
                "redis", ("config", config), ("rundir", _directory + "/redis"), ("bin", "/usr/bin/redis-server"),
                ("client_bin", "/usr/bin/redis-cli"), ("user", "redis"), ("pidfile_name", "redis.pid"), ("socket_name", "redis.sock")));
    }

    [RootFact(Ocf + "pgsql", "runuser", "/usr/lib/postgresql/*/bin/initdb")]
    public void Ocf_pgsql()
    {
        string[] versions = Directory.GetDirectories("/usr/lib/postgresql");
        string bin = Array.Find(versions, d => File.Exists(d + "/bin/initdb")) + "/bin/";
        Sandbox.Must($"chown postgres {_directory} && runuser -u postgres -- {bin}initdb -N -A trust -D {_directory}/data");
        Life(Heartbeat(
            "pgsql", ("pgctl", bin + "pg_ctl"), ("psql", bin + "psql"), ("pgdata", _directory + "/data"), ("pgdba", "postgres"),
            ("socketdir", _directory), ("logfile", _directory + "/log"), ("start_opt", "-k " + _directory + " -c listen_addresses=127.0.0.1")));
    }

    [RootFact("/usr/lib/ocf/resource.d/pacemaker/attribute", PluginDirectory.Hbd)]
    public void Ocf_attributes_of_a_real_agent_go_through_the_shims()
    {
        LinkShims();
        ResourceConfig resource = Configs.Resource(
            AgentClass.Ocf, "attribute", null, [("name", "place"), ("active_value", "here"), ("inactive_value", "gone"),
            ("state", _directory + "/attribute.state")], "pacemaker");
        Life(resource, () => Assert.Contains("\tplace\there\n", File.ReadAllText(_directory + "/attributes/node1"), StringComparison.Ordinal));
    }

    /// <summary>As <c>make install</c> does.</summary>
    private void LinkShims()
    {
        string hbd = PluginDirectory.Top + "/" + PluginDirectory.Hbd;
        Directory.CreateDirectory(_directory + "/shims");
        foreach (string name in ShimProgram.Names)
        {
            File.CreateSymbolicLink(_directory + "/shims/" + name, hbd);
        }
    }

    private string Write(string name, string text)
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        File.WriteAllText(_directory + "/" + name, text);
        return _directory + "/" + name;
    }
}
