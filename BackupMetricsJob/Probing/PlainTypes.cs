#pragma warning disable NPG9001 // Npgsql's way to bring converters of one's own; it may still be changed there, and the tests would tell.
using System.Text;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

namespace BackupMetricsJob.Probing;

/// <summary>
/// The five types in which our queries answer, each for the one .NET type that stands for it: bool, int4, int8, float8 and text. Npgsql makes a table of all
/// types anew for each connection, which costs more than anything else that it does for a probe; with these it need not. What is not here it finds there.
/// </summary>
internal sealed class PlainTypes : PgTypeInfoResolverFactory, IPgTypeInfoResolver
{
    static readonly DataTypeName Bool = new("pg_catalog.bool");
    static readonly DataTypeName Int4 = new("pg_catalog.int4");
    static readonly DataTypeName Int8 = new("pg_catalog.int8");
    static readonly DataTypeName Float8 = new("pg_catalog.float8");
    static readonly DataTypeName Text = new("pg_catalog.text");

    public override IPgTypeInfoResolver CreateResolver() => this;

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) => dataTypeName switch
    {
        { } name when name == Text => Of(new TextConverter(options.TextEncoding), type, name, options),
        { } name when name == Int8 => Of(new LongConverter(), type, name, options),
        { } name when name == Bool => Of(new BoolConverter(), type, name, options),
        { } name when name == Float8 => Of(new DoubleConverter(), type, name, options),
        { } name when name == Int4 => Of(new IntConverter(), type, name, options),
        _ => null,
    };

    /// <summary>Npgsql asks for the type that is read, and before that for object, which it takes where nobody says what to read.</summary>
    static PgTypeInfo? Of<T>(PgConverter<T> converter, Type? type, DataTypeName name, PgSerializerOptions options)
        where T : notnull
    {
        if (type is null || type == typeof(T)) return new(options, converter, name, null);
        return type == typeof(object) ? new(options, new Boxed<T>(converter), name, null) : null;
    }

    abstract class FixedConverter<T>(int size) : PgBufferedConverter<T>(customDbNullPredicate: false)
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements)
        {
            bufferRequirements = BufferRequirements.CreateFixedSize(size);
            return format == DataFormat.Binary;
        }
    }

    sealed class BoolConverter() : FixedConverter<bool>(sizeof(byte))
    {
        protected override bool ReadCore(PgReader reader) => reader.ReadByte() != 0;

        protected override void WriteCore(PgWriter writer, bool value) => writer.WriteByte(value ? (byte)1 : (byte)0);
    }

    sealed class IntConverter() : FixedConverter<int>(sizeof(int))
    {
        protected override int ReadCore(PgReader reader) => reader.ReadInt32();

        protected override void WriteCore(PgWriter writer, int value) => writer.WriteInt32(value);
    }

    sealed class LongConverter() : FixedConverter<long>(sizeof(long))
    {
        protected override long ReadCore(PgReader reader) => reader.ReadInt64();

        protected override void WriteCore(PgWriter writer, long value) => writer.WriteInt64(value);
    }

    sealed class DoubleConverter() : FixedConverter<double>(sizeof(double))
    {
        protected override double ReadCore(PgReader reader) => reader.ReadDouble();

        protected override void WriteCore(PgWriter writer, double value) => writer.WriteDouble(value);
    }

    /// <summary>Of any length: it waits for more of the network where it must. Text is the same in both formats.</summary>
    sealed class TextConverter(Encoding encoding) : PgStreamingConverter<string>
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements)
        {
            bufferRequirements = BufferRequirements.None;
            return true;
        }

        public override string Read(PgReader reader) => encoding.GetString(reader.ReadBytes(reader.CurrentRemaining));

        public override async ValueTask<string> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) =>
            encoding.GetString(await reader.ReadBytesAsync(reader.CurrentRemaining, cancellationToken));

        public override Size GetSize(SizeContext context, string value, ref object? writeState) => encoding.GetByteCount(value);

        public override void Write(PgWriter writer, string value) => writer.WriteChars(value, encoding);

        public override ValueTask WriteAsync(PgWriter writer, string value, CancellationToken cancellationToken = default) =>
            writer.WriteCharsAsync(value.AsMemory(), encoding, cancellationToken);
    }

    sealed class Boxed<T>(PgConverter<T> inner) : PgStreamingConverter<object>
        where T : notnull
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements) => inner.CanConvert(format, out bufferRequirements);

        public override object Read(PgReader reader) => inner.Read(reader);

        public override async ValueTask<object> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) => await inner.ReadAsync(reader, cancellationToken);

        public override Size GetSize(SizeContext context, object value, ref object? writeState) => inner.GetSize(context, (T)value, ref writeState);

        public override void Write(PgWriter writer, object value) => inner.Write(writer, (T)value);

        public override ValueTask WriteAsync(PgWriter writer, object value, CancellationToken cancellationToken = default) => inner.WriteAsync(writer, (T)value, cancellationToken);
    }
}
