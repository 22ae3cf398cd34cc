// Small types that use another room in every way there is, so that the checker is seen to notice each: see ImportDirectionTests.
// Nothing here is ever made or called, so unused fields, methods that could be static and bare exceptions are as they should be.
#pragma warning disable CA1822, CA1823, CA1032, CS0169

namespace BackupMetricsJob.Tests.Architecture.Samples.Lower
{
    internal class Thing
    {
        public static int Count() => 1;
    }

    internal interface IThing;

    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class ThingAttribute : Attribute;

    internal sealed class ThingException : Exception;
}

namespace BackupMetricsJob.Tests.Architecture.Samples.Upper
{
    using BackupMetricsJob.Tests.Architecture.Samples.Lower;

    internal sealed class Base : Thing;

    internal sealed class Interface : IThing;

    internal sealed class Field
    {
        Thing? _thing;
    }

    internal sealed class Property
    {
        public Thing? It { get; set; }
    }

    internal sealed class Parameter
    {
        public void Take(Thing? _thing) => _ = _thing;
    }

    internal sealed class Result
    {
        public Thing? Give() => null;
    }

    internal sealed class TypeArgument
    {
        public List<Dictionary<string, Thing>>? All() => null;
    }

    internal sealed class ArrayElement
    {
        public Thing[]? All() => null;
    }

    internal sealed class Constraint
    {
        public void Take<T>()
            where T : Thing { }
    }

    [Thing]
    internal sealed class Annotated;

    internal sealed class Caught
    {
        public void Try()
        {
            try
            {
                Console.Out.Flush();
            }
            catch (ThingException) { }
        }
    }

    internal sealed class Called
    {
        public int Call() => Thing.Count();
    }

    internal sealed class Made
    {
        public object Make() => new Thing();
    }

    internal sealed class InLambda
    {
        public Func<object> Make() => () => Thing.Count();
    }

    internal sealed class InAsync
    {
        public async Task<int> CallAsync()
        {
            await Task.Yield();
            return Thing.Count();
        }
    }

    internal sealed class InIterator
    {
        public IEnumerable<int> Call()
        {
            yield return Thing.Count();
        }
    }

    internal sealed class InNestedType
    {
        sealed class Inner
        {
            public int Call() => Thing.Count();
        }
    }

    internal sealed class Cast
    {
        public bool Is(object it) => it is Thing;
    }

    internal sealed class NamedByTypeOf
    {
        public Type It() => typeof(Thing);
    }

    internal sealed class GenericBase : List<Thing>;

    internal sealed class GenericMade
    {
        public object Make() => new List<Thing>();
    }

    internal sealed class GenericMethod
    {
        public object Empty() => Array.Empty<Thing>();
    }
}
