using System;
using System.Collections.Generic;

namespace Hbd.Core.Diagnostics;

/// <summary>What a message is about, as alert programs ask for it.</summary>
[Flags]
public enum EventClasses
{
    None = 0,
    Node = 1,
    Link = 2,
    Group = 4,
    Resource = 8,
    Fencing = 16,
    Witness = 32,
    Ping = 64,
    System = 128,
    All = 255,
}

/// <summary>The words of the classes, and which message belongs to which. The ranges are those of <see cref="MessageId"/>.</summary>
public static class EventClass
{
    private static readonly string[] s_words = ["node", "link", "group", "resource", "fencing", "witness", "ping", "system", "all"];

    /// <summary>In the order of the bits; <c>all</c> is the last.</summary>
    public static IReadOnlyList<string> Words => s_words;

    /// <summary>Null: no such word.</summary>
    public static EventClasses? Parse(string word)
    {
        int index = Array.IndexOf(s_words, word);
        return index < 0 ? null : index == s_words.Length - 1 ? EventClasses.All : (EventClasses)(1 << index);
    }

    /// <summary>The word of one class.</summary>
    public static string Word(EventClasses one)
    {
        for (int i = 0; i < s_words.Length - 1; i++)
        {
            if (one == (EventClasses)(1 << i))
            {
                return s_words[i];
            }
        }

        return "system";
    }

    /// <summary>The one class of a message.</summary>
    public static EventClasses Of(MessageId id) => (int)id switch
    {
        >= 110 and < 120 => EventClasses.Link,
        >= 150 and < 160 => EventClasses.Ping,
        >= 100 and < 200 => EventClasses.Node,
        >= 233 and <= 235 => EventClasses.Resource,
        >= 200 and < 300 => EventClasses.Group,
        >= 330 and < 340 => EventClasses.Witness,
        >= 300 and < 400 => EventClasses.Fencing,
        >= 400 and < 404 => EventClasses.Link,
        >= 500 and < 600 => EventClasses.Resource,
        _ => EventClasses.System,
    };
}
