using Xunit;

namespace Hbd.Core.Tests;

/// <summary>For tests that watch the whole process, such as its collections: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
