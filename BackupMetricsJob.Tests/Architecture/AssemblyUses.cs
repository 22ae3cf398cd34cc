using Mono.Cecil;
using Mono.Cecil.Cil;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>
/// One type uses another. Types have their namespace; what the compiler made (lambdas, async states) counts as the type it was made for.
/// </summary>
internal sealed record TypeUse(string User, string Used);

/// <summary>
/// Who uses whom in an assembly: base types, interfaces, members, attributes, caught exceptions and method bodies. Nothing of the assembly
/// is loaded or run.
/// </summary>
internal static class AssemblyUses
{
    /// <summary>Every use of a type, and the names of the assemblies that are referred to.</summary>
    public static (IReadOnlySet<TypeUse> Uses, IReadOnlyList<string> Assemblies) Read(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var uses =
            from type in assembly.MainModule.GetTypes()
            from used in Types(type).SelectMany(Parts)
            select new TypeUse(Name(type), Name(used));
        return (uses.ToHashSet(), [.. assembly.MainModule.AssemblyReferences.Select(reference => reference.Name)]);
    }

    static IEnumerable<TypeReference?> Types(TypeDefinition type) =>
        [
            type,
            type.BaseType,
            .. type.Interfaces.Select(one => one.InterfaceType),
            .. Attributes(type),
            .. Constraints(type),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Fields.SelectMany(Attributes),
            .. type.Properties.SelectMany(Attributes),
            .. type.Methods.SelectMany(Types),
        ];

    static IEnumerable<TypeReference?> Types(MethodDefinition method) =>
        [
            .. Signature(method),
            .. Attributes(method),
            .. method.Parameters.SelectMany(Attributes),
            .. Constraints(method),
            .. method.HasBody ? Types(method.Body) : [],
        ];

    static IEnumerable<TypeReference?> Types(MethodBody body) =>
        [
            .. body.Variables.Select(variable => variable.VariableType),
            .. body.ExceptionHandlers.Select(handler => handler.CatchType),
            .. body.Instructions.SelectMany(Operand),
        ];

    static IEnumerable<TypeReference?> Operand(Instruction instruction) =>
        instruction.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod method => [.. method.GenericArguments, method.DeclaringType, .. Signature(method)],
            MethodReference method => [method.DeclaringType, .. Signature(method)],
            _ => [],
        };

    static IEnumerable<TypeReference?> Signature(IMethodSignature method) =>
        method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);

    static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider member) =>
        member.CustomAttributes.Select(attribute => attribute.AttributeType);

    static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider member) =>
        member.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    // A List<Thing[]> uses List and Thing.
    static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
            TypeSpecification made => Parts(made.ElementType),
            _ => [type],
        };

    static string Name(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type.FullName;
    }
}
