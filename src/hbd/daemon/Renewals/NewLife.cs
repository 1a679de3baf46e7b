using System.Collections;
using System.Collections.Generic;
using Hbd.Sys;

namespace Hbd.Daemon.Renewals;

/// <summary>The exec of a new life in place: same process, same descriptors 0 to 2, same environment, everything else closed by the kernel.</summary>
internal static class NewLife
{
    /// <summary>Returns only an error. Until the new life is real time itself it is an ordinary process: its runtime waits for threads that it starts.</summary>
    public static Errno Begin(string program, RunOptions options)
    {
        List<string> environment = [];
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            environment.Add(variable.Key + "=" + variable.Value);
        }

        RealTimeMode.Leave(out int policy, out int priority);
        Errno error = ProcessImage.Replace(program, options.Arguments(program), environment);
        RealTimeMode.Return(policy, priority);
        return error;
    }
}
