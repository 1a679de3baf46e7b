using System;

namespace Hbd.Tests;

/// <summary>
/// What a path allocates, in bytes. Code that allocates does so in every round; a collection that another test's thread begins
/// is charged to whoever runs at that moment. So the least of several rounds is what counts, and the first one warms up.
/// </summary>
internal static class Allocations
{
    private const int Rounds = 5;

    public static long Of(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least != 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
