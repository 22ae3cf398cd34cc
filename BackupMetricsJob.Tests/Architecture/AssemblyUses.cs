using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>A type uses another one. Types are named with their namespace; what the compiler made (lambdas, async states) counts as the type it was made for.</summary>
internal sealed record TypeUse(string User, string Used);

/// <summary>
/// Reads from an assembly's metadata and method bodies who uses whom: base types, interfaces, fields, signatures, local variables,
/// generic arguments, attributes, caught exceptions and every token of the code. Nothing of it is loaded or run.
/// </summary>
internal sealed class AssemblyUses
{
    static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null))
        .OfType<OpCode>()
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    readonly MetadataReader metadata;
    readonly PEReader image;
    readonly TypeNames names;
    readonly HashSet<TypeUse> uses = [];
    string user = "";

    AssemblyUses(PEReader image)
    {
        this.image = image;
        metadata = image.GetMetadataReader();
        names = new(metadata, used => uses.Add(new(user, used)));
    }

    /// <summary>Every use of a type, and the names of the assemblies that are referred to.</summary>
    public static (IReadOnlySet<TypeUse> Uses, IReadOnlyList<string> Assemblies) Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var reader = new AssemblyUses(image);
        foreach (var handle in reader.metadata.TypeDefinitions)
            reader.ReadType(handle);
        return (reader.uses, [.. reader.metadata.AssemblyReferences.Select(a => reader.metadata.GetString(reader.metadata.GetAssemblyReference(a).Name))]);
    }

    void ReadType(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        user = names.OutermostOf(handle);
        names.Use(handle);
        names.Use(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
            names.Use(metadata.GetInterfaceImplementation(implementation).Interface);
        ReadAttributes(type.GetCustomAttributes());
        ReadConstraints(type.GetGenericParameters());
        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            field.DecodeSignature(names, null);
            ReadAttributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(metadata.GetPropertyDefinition))
            ReadAttributes(property.GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
            ReadMethod(method);
    }

    void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(names, null);
        ReadAttributes(method.GetCustomAttributes());
        ReadConstraints(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters().Select(metadata.GetParameter))
            ReadAttributes(parameter.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;

        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
        foreach (var region in body.ExceptionRegions)
            names.Use(region.CatchType);
        ReadCode(body.GetILReader());
    }

    void ReadCode(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xfe)
                value = 0xfe00 | code.ReadByte();
            switch (Operands[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    ReadToken(System.Reflection.Metadata.Ecma335.MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var cases = code.ReadInt32();
                    code.Offset += 4 * cases;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineNone:
                    break;
                default: // branch target, int32, string, signature, float32
                    code.Offset += 4;
                    break;
            }
        }
    }

    void ReadToken(EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                names.Use(metadata.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                names.Use(metadata.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                ReadMember(metadata.GetMemberReference((MemberReferenceHandle)token));
                break;
            case HandleKind.MethodSpecification:
                var method = metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                method.DecodeSignature(names, null);
                ReadToken(method.Method);
                break;
            default:
                names.Use(token);
                break;
        }
    }

    void ReadMember(MemberReference member)
    {
        names.Use(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
            member.DecodeFieldSignature(names, null);
        else
            member.DecodeMethodSignature(names, null);
    }

    void ReadAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            ReadToken(metadata.GetCustomAttribute(attribute).Constructor);
    }

    void ReadConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(metadata.GetGenericParameter))
        {
            foreach (var constraint in parameter.GetConstraints())
                names.Use(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }
}
