using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Resources;

namespace Hbd.Plugins.Sdk;

/// <summary>An agent whose parameters and meta-data come from one description.</summary>
public abstract class DescribedAgent : IResourceAgent
{
    private readonly AgentDescription _description;

    protected DescribedAgent(AgentDescription description) => _description = description;

    public IReadOnlyList<string> Names => _description.Names;

    public string MetaData => _description.Xml();

    public virtual void PrepareThread()
    {
    }

    public string? Validate(in AgentRequest request)
    {
        AgentValues? values = Read(request, out string? problem);
        return values is null ? problem : Check(values);
    }

    public virtual string? Elsewhere(in AgentRequest request) => null;

    public AgentResult Run(in AgentRequest request, IAgentOutput output)
    {
        AgentValues? values = Read(request, out string? problem);
        problem ??= Check(values!);
        if (problem is not null)
        {
            output.Reason(problem);
            return AgentResult.NotConfigured;
        }

        AgentCall call = new(request, values!, output);
        try
        {
            return request.Action switch
            {
                AgentAction.Start => Start(call),
                AgentAction.Stop => Stop(call),
                AgentAction.Monitor => Monitor(call),
                _ => AgentResult.Unimplemented,
            };
        }
        catch (IOException e)
        {
            return call.Failed(e.Message);
        }
        catch (UnauthorizedAccessException e)
        {
            output.Reason(e.Message);
            return AgentResult.Permission;
        }
    }

    protected AgentValues? Read(in AgentRequest request, out string? problem)
        => AgentValues.Read(_description, Positional(request.Arguments), request.Parameters, out problem);

    /// <summary>The arguments of a haresources line as the description orders them.</summary>
    protected virtual IReadOnlyList<string> Positional(IReadOnlyList<string> arguments) => arguments;

    /// <summary>What the kinds of the parameters cannot say; null, or what is wrong.</summary>
    protected virtual string? Check(AgentValues values) => null;

    protected abstract AgentResult Start(AgentCall call);

    protected abstract AgentResult Stop(AgentCall call);

    protected abstract AgentResult Monitor(AgentCall call);
}
