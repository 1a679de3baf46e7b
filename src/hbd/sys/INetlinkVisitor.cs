namespace Hbd.Sys;

/// <summary>Receives the messages of an answer. A struct, so that a dump costs no delegate and no box.</summary>
public interface INetlinkVisitor
{
    void OnMessage(in NetlinkMessage message);
}
