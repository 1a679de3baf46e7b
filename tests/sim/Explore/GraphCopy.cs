using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Hbd.Core;

namespace Hbd.Sim.Explore;

/// <summary>
/// A deep copy of a core, field by field through reflection, so that no field can be forgotten and the product carries nothing for it.
/// What never changes (configuration, strings) is shared. A copy of the whole pair costs about as much as three choices; to reach
/// a state by replaying its path costs one for each choice.
/// </summary>
internal static class GraphCopy
{
    private static readonly Func<object, object> s_shallow = typeof(object)
        .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private static readonly Dictionary<Type, FieldInfo[]> s_references = [];

    /// <summary>True for what is shared between copies.</summary>
    public static bool IsShared(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type.Namespace == "Hbd.Core.Config";

    public static T Of<T>(T root)
        where T : class => (T)Copy(root, new List<(object From, object To)>(32));

    /// <summary>All instance fields, those of base classes too, in a fixed order.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? part = type; part is not null && part != typeof(object); part = part.BaseType)
        {
            foreach (FieldInfo field in part.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private static object Copy(object from, List<(object From, object To)> done)
    {
        foreach ((object known, object copy) in done)
        {
            if (ReferenceEquals(known, from))
            {
                return copy;
            }
        }

        object to = s_shallow(from);
        done.Add((from, to));
        if (to is Array array)
        {
            Type element = array.GetType().GetElementType()!;
            for (int i = 0; !element.IsValueType && !IsShared(element) && i < array.Length; i++)
            {
                array.SetValue(array.GetValue(i) is { } item ? Copy(item, done) : null, i);
            }

            return to;
        }

        foreach (FieldInfo field in References(from.GetType()))
        {
            if (field.GetValue(from) is { } value && !IsShared(value.GetType()))
            {
                field.SetValue(to, Copy(value, done));
            }
        }

        return to;
    }

    private static FieldInfo[] References(Type type)
    {
        if (!s_references.TryGetValue(type, out FieldInfo[]? fields))
        {
            fields = Fields(type).Where(f => !f.FieldType.IsValueType && !IsShared(f.FieldType)).ToArray();
            foreach (FieldInfo field in Fields(type).Where(f => f.FieldType.IsValueType && !f.FieldType.IsPrimitive))
            {
                Check.That(Fields(field.FieldType).All(f => f.FieldType.IsValueType || IsShared(f.FieldType)),
                    "a struct in a core that refers to something that changes: " + field);
            }

            s_references.Add(type, fields);
        }

        return fields;
    }
}
