using Xunit;

namespace Hbd.Sys.Tests.Support;

/// <summary>A test that needs root (namespaces, mounts, real-time scheduling); skipped by name without it.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (TestLibc.geteuid() != 0)
        {
            Skip = "needs root";
        }
    }
}
