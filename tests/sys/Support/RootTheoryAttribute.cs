using Xunit;

namespace Hbd.Sys.Tests.Support;

/// <summary><see cref="RootFactAttribute"/> with data.</summary>
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (TestLibc.geteuid() != 0)
        {
            Skip = "needs root";
        }
    }
}
