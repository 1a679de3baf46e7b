using System.Collections.Generic;

namespace Hbd.Daemon.Doctor;

/// <summary>What was found so far.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> _all = [];

    public IReadOnlyList<Finding> All => _all;

    /// <summary>Null: nothing was found.</summary>
    public FindingSeverity? Worst { get; private set; }

    public void Error(FindingId id, string text, string remedy) => Add(new Finding(id, FindingSeverity.Error, text, remedy));

    public void Warning(FindingId id, string text, string remedy) => Add(new Finding(id, FindingSeverity.Warning, text, remedy));

    public void Note(FindingId id, string text, string remedy) => Add(new Finding(id, FindingSeverity.Note, text, remedy));

    /// <summary>The worst first, and by number.</summary>
    public void Sort() => _all.Sort((a, b) => a.Severity == b.Severity ? a.Id.CompareTo(b.Id) : b.Severity.CompareTo(a.Severity));

    private void Add(Finding finding)
    {
        _all.Add(finding);
        Worst = Worst is { } worst && worst >= finding.Severity ? worst : finding.Severity;
    }
}
