using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using Hbd.Core;

namespace Hbd.Sim.Explore;

/// <summary>
/// Hash over every field of a core and of all it refers to. <see cref="ClusterCore.StateHash"/> says whether two runs agree and leaves
/// out what cannot differ in them; two states that are to count as one need all. One compiled reader per type.
/// </summary>
internal sealed class GraphHash
{
    private static readonly Dictionary<Type, Action<object, GraphHash>> s_readers = [];
    private static readonly MethodInfo s_addValue = typeof(GraphHash).GetMethod(nameof(AddValue))!;
    private static readonly MethodInfo s_visit = typeof(GraphHash).GetMethod(nameof(Visit))!;
    private static readonly MethodInfo s_readArray =
        typeof(GraphHash).GetMethod(nameof(ReadArray), BindingFlags.Static | BindingFlags.NonPublic)!;

    private readonly List<object> _seen = new(32);
    private StateHasher _hasher = StateHasher.Create();

    public ulong Value => _hasher.Value;

    public void AddValue(ulong value) => _hasher.Add(value);

    public void Add(long value) => _hasher.Add(value);

    public void Visit(object? item)
    {
        if (item is null || GraphCopy.IsShared(item.GetType()))
        {
            _hasher.Add(0UL);
            return;
        }

        for (int i = 0; i < _seen.Count; i++)
        {
            if (ReferenceEquals(_seen[i], item))
            {
                _hasher.Add((ulong)i + 1);
                return;
            }
        }

        _seen.Add(item);
        if (!s_readers.TryGetValue(item.GetType(), out Action<object, GraphHash>? reader))
        {
            reader = item is Array ? ArrayReader(item.GetType().GetElementType()!) : ObjectReader(item.GetType());
            s_readers.Add(item.GetType(), reader);
        }

        reader(item, this);
    }

    private static Action<object, GraphHash> ObjectReader(Type type)
    {
        ParameterExpression item = Expression.Parameter(typeof(object));
        ParameterExpression hash = Expression.Parameter(typeof(GraphHash));
        List<Expression> reads = [Expression.Empty()];
        AddFields(Expression.Convert(item, type), type, hash, reads);
        return Expression.Lambda<Action<object, GraphHash>>(Expression.Block(reads), item, hash).Compile();
    }

    private static Action<object, GraphHash> ArrayReader(Type element)
    {
        ParameterExpression item = Expression.Parameter(element);
        ParameterExpression hash = Expression.Parameter(typeof(GraphHash));
        List<Expression> reads = [Expression.Empty()];
        AddOne(item, hash, reads);
        Delegate each = Expression.Lambda(Expression.Block(reads), item, hash).Compile();
        return s_readArray.MakeGenericMethod(element).CreateDelegate<Func<Delegate, Action<object, GraphHash>>>()(each);
    }

    private static Action<object, GraphHash> ReadArray<T>(Delegate each)
    {
        Action<T, GraphHash> read = (Action<T, GraphHash>)(object)each;
        return (array, hash) =>
        {
            foreach (T item in (T[])array)
            {
                read(item, hash);
            }
        };
    }

    private static void AddFields(Expression item, Type type, ParameterExpression hash, List<Expression> reads)
    {
        foreach (FieldInfo field in GraphCopy.Fields(type).Where(f => f.FieldType != typeof(string)))
        {
            AddOne(Expression.Field(item, field), hash, reads);
        }
    }

    private static void AddOne(Expression value, ParameterExpression hash, List<Expression> reads)
    {
        Type type = value.Type;
        if (type == typeof(bool))
        {
            reads.Add(Expression.Call(hash, s_addValue, Expression.Condition(value, Expression.Constant(1UL), Expression.Constant(0UL))));
        }
        else if (type.IsPrimitive || type.IsEnum)
        {
            reads.Add(Expression.Call(hash, s_addValue, Expression.Convert(value, typeof(ulong))));
        }
        else if (type.IsValueType)
        {
            AddFields(value, type, hash, reads);
        }
        else
        {
            reads.Add(Expression.Call(hash, s_visit, value));
        }
    }
}
