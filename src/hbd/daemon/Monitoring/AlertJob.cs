using Hbd.Core;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Monitoring;

/// <summary>Starts one alert program; exec may have to wait for a disk. One for each program, used again and again.</summary>
internal sealed class AlertJob(int queue, string program) : IWork
{
    private static readonly string[] s_environment =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C", "LANG=C"];

    private byte[] _input = [];

    public int Queue { get; } = queue;

    /// <summary>Null: <see cref="Problem"/> says why.</summary>
    public SpawnedProcess? Process { get; private set; }

    public string Problem { get; private set; } = "";

    public void Set(byte[] input)
    {
        Check.That(input.Length <= Spawner.InputBytesMax, "an alert fits into a pipe");
        _input = input;
        Process = null;
        Problem = "";
    }

    public void Execute()
    {
        // Looked at again each time: the file may have changed.
        Problem = ProgramFile.Problem(program, out _) ?? "";
        if (Problem.Length == 0)
        {
            Errno error = Spawner.Spawn(program, [program], s_environment, _input, out SpawnedProcess? process);
            Process = process;
            Problem = error.IsError ? "cannot be started: " + error.Text : "";
        }
    }
}
