using System.Collections.Generic;
using System.Globalization;
using System.Security;
using System.Text;

namespace Hbd.Plugins.Sdk;

/// <summary>What an agent is and takes: its meta-data, and how its parameters are read.</summary>
/// <param name="Names">Its own name first.</param>
/// <param name="Parameters">Those with a place in a haresources line first, in the order of that line.</param>
/// <param name="Positional">How many of them have a place in a line <c>Name::arg1::arg2</c>.</param>
/// <param name="Seconds">Timeout of start and stop that the meta-data proposes.</param>
public sealed record AgentDescription(
    IReadOnlyList<string> Names, string Short, string Long, IReadOnlyList<AgentParameter> Parameters, int Positional,
    int Seconds = 20)
{
    public AgentParameter? Find(string name)
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Name == name)
            {
                return Parameters[i];
            }
        }

        return null;
    }

    /// <summary>OCF meta-data.</summary>
    public string Xml()
    {
        StringBuilder xml = new();
        xml.Append("<?xml version=\"1.0\"?>\n<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\">\n<resource-agent name=\"")
            .Append(Names[0]).Append("\" version=\"1.0\">\n<version>1.0</version>\n");
        Describe(xml, Short, Long);
        xml.Append("<parameters>\n");
        foreach (AgentParameter parameter in Parameters)
        {
            xml.Append("<parameter name=\"").Append(parameter.Name).Append("\" unique=\"0\" required=\"")
                .Append(parameter.Required ? '1' : '0').Append("\">\n");
            Describe(xml, parameter.Short, parameter.Long);
            xml.Append("<content type=\"").Append(TypeOf(parameter.Kind)).Append('"');
            if (parameter.Default is { } value)
            {
                xml.Append(" default=\"").Append(SecurityElement.Escape(value)).Append('"');
            }

            xml.Append("/>\n</parameter>\n");
        }

        string seconds = Seconds.ToString(CultureInfo.InvariantCulture);
        return xml.Append("</parameters>\n<actions>\n<action name=\"start\" timeout=\"").Append(seconds)
            .Append("s\"/>\n<action name=\"stop\" timeout=\"").Append(seconds)
            .Append("s\"/>\n<action name=\"monitor\" depth=\"0\" timeout=\"20s\" interval=\"10s\"/>\n")
            .Append("<action name=\"validate-all\" timeout=\"5s\"/>\n<action name=\"meta-data\" timeout=\"5s\"/>\n")
            .Append("</actions>\n</resource-agent>\n").ToString();
    }

    private static void Describe(StringBuilder xml, string shortText, string longText)
        => xml.Append("<longdesc lang=\"en\">").Append(SecurityElement.Escape(longText))
            .Append("</longdesc>\n<shortdesc lang=\"en\">").Append(SecurityElement.Escape(shortText)).Append("</shortdesc>\n");

    private static string TypeOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Integer => "integer",
        ParameterKind.Boolean => "boolean",
        _ => "string",
    };
}
