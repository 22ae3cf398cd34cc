using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>
/// A type uses another one. Types are named with their namespace; what the compiler made (lambdas, async states) counts as the type it was
/// made for.
/// </summary>
internal sealed record TypeUse(string User, string Used);

/// <summary>
/// Reads from an assembly's metadata and method bodies who uses whom: base types, interfaces, fields, signatures, local variables,
/// generic arguments, attributes, caught exceptions and every token of the code. Nothing of it is loaded or run.
/// </summary>
internal sealed class AssemblyUses
{
    static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields()
        .Select(field => field.GetValue(null))
        .OfType<OpCode>()
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    readonly MetadataReader _metadata;
    readonly PEReader _image;
    readonly TypeNames _names;
    readonly HashSet<TypeUse> _uses = [];
    string _user = "";

    AssemblyUses(PEReader image)
    {
        _image = image;
        _metadata = _image.GetMetadataReader();
        _names = new(_metadata, used => _uses.Add(new(_user, used)));
    }

    /// <summary>Every use of a type, and the names of the assemblies that are referred to.</summary>
    public static (IReadOnlySet<TypeUse> Uses, IReadOnlyList<string> Assemblies) Read(string path)
    {
        using var _image = new PEReader(File.OpenRead(path));
        var reader = new AssemblyUses(_image);
        foreach (var handle in reader._metadata.TypeDefinitions)
            reader.ReadType(handle);
        return (
            reader._uses,
            [.. reader._metadata.AssemblyReferences.Select(a => reader._metadata.GetString(reader._metadata.GetAssemblyReference(a).Name))]
        );
    }

    void ReadType(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        _user = _names.OutermostOf(handle);
        _names.Use(handle);
        _names.Use(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
            _names.Use(_metadata.GetInterfaceImplementation(implementation).Interface);
        ReadAttributes(type.GetCustomAttributes());
        ReadConstraints(type.GetGenericParameters());
        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(_names, null);
            ReadAttributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
            ReadAttributes(property.GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
            ReadMethod(method);
    }

    void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(_names, null);
        ReadAttributes(method.GetCustomAttributes());
        ReadConstraints(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters().Select(_metadata.GetParameter))
            ReadAttributes(parameter.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;

        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null);
        foreach (var region in body.ExceptionRegions)
            _names.Use(region.CatchType);
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
                _names.Use(_metadata.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                _names.Use(_metadata.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                ReadMember(_metadata.GetMemberReference((MemberReferenceHandle)token));
                break;
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                method.DecodeSignature(_names, null);
                ReadToken(method.Method);
                break;
            default:
                _names.Use(token);
                break;
        }
    }

    void ReadMember(MemberReference member)
    {
        _names.Use(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
            member.DecodeFieldSignature(_names, null);
        else
            member.DecodeMethodSignature(_names, null);
    }

    void ReadAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            ReadToken(_metadata.GetCustomAttribute(attribute).Constructor);
    }

    void ReadConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(_metadata.GetGenericParameter))
        {
            foreach (var constraint in parameter.GetConstraints())
                _names.Use(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }
}
