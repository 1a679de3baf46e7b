using System;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Hbd.Sys.Tests.Support;

/// <summary>
/// A thread that runs what it is given, one after the other: namespaces, masks and scheduling belong to a thread, and
/// end with it.
/// </summary>
internal class OwnThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public OwnThread()
    {
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    public void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        using ManualResetEventSlim done = new();
        _work.Add(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            done.Set();
        });
        if (!done.Wait(TimeSpan.FromSeconds(20)))
        {
            throw new TimeoutException("the thread is stuck");
        }

        failure?.Throw();
    }

    public T Get<T>(Func<T> function)
    {
        T result = default!;
        Run(() => result = function());
        return result;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _work.CompleteAdding();
        _ = _thread.Join(TimeSpan.FromSeconds(5));
        _work.Dispose();
    }
}
