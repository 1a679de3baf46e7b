using System;
using Hbd.Core;

namespace Hbd.Daemon.Fencing;

/// <content>
/// One proof for all who want it: an operator's fencing makes the node fall silent, and the core then asks for a fencing of its own. Invariant: a
/// proof counts for an automatic request only if the node was off after it was last heard, so that nothing that was heard can still run.
/// </content>
internal sealed partial class FenceExecutor
{
    /// <summary>
    /// Is the request answered already? The node was off at some moment between the begin of the command that proved it and its answer. It was
    /// silent from the answer on; and if it was heard before that, then by a life that was there before the command was begun, and a machine
    /// that was off has no such life any more: so it was off after that was heard. What is only assumed is no proof.
    /// </summary>
    private static bool IsProven(FenceNode node, FenceRequest request, long nowNs)
        => request is { Delayed: true, Action: FenceAction.Reboot } && node.Proof is { } proof && nowNs - proof.AnsweredNs < WordNs
            && proof.AnsweredNs > node.HeardNs && proof.BegunNs > node.NewLifeNs;

    private void NoteProof(FenceRun run, FenceResult result, long nowNs)
    {
        if (result != FenceResult.Proven || run.Request.Action == FenceAction.On)
        {
            return;
        }

        FenceNode node = _nodes[run.Request.Node];
        long begun = run.ByWord ? node.WordNs : nowNs;
        foreach (FenceTask task in run.Tasks)
        {
            begun = run.ByWord ? begun : Math.Min(begun, task.ProofBegunNs);
        }

        node.Proof = new FenceProof(begun, run.ByWord ? node.WordNs : nowNs, run.Request.Id, run.Request.ById);
        if (node.Waiting is { } waiting && IsProven(node, waiting, nowNs))
        {
            Check.That(node.Proven is null, "two requests wait for one proof");
            node.Proven = waiting;
            node.Waiting = null;
        }
    }

    /// <summary>The automatic request has what it wanted, and the node is not shot for it.</summary>
    private void TakeProof(FenceRequest request, long nowNs)
    {
        FenceNode node = _nodes[request.Node];
        if (!IsProven(node, request, nowNs))
        {
            // Heard in the same turn, so it is called off in a moment; if not, it has to be fenced.
            Begin(request, nowNs);
            return;
        }

        string text = FormattableString.Invariant($"not shot again: request {node.Proof!.Request} of {node.Proof.ById} proved it off after it was last heard");
        node.FailedNs = node.RaceNs = null;
        _memory.Answered(request.Node, _runner);
        History.Add(Entry(
            _config.Nodes[request.Node], FenceWords.Of(request.Action), "", FenceWords.Of(FenceResult.Proven), text, request.ById, request.Id,
            (nowNs - request.BegunNs) / 1e6));
        _sink.OnFenceFinished(request.Id, FenceResult.Proven, text, nowNs - request.BegunNs);
    }
}
