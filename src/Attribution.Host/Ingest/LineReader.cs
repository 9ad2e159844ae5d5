using System.Buffers;
using System.IO.Pipelines;

namespace Attribution.Host.Ingest;

/// <summary>Reads a body line by line. A line's bytes are valid until the next line is read.</summary>
internal sealed class LineReader(PipeReader body, int maxBytes) : IDisposable
{
    private ReadOnlySequence<byte> buffer;
    private bool completed;
    private bool reading;
    private long number;

    /// <summary>
    /// Returns the next line without its terminator (<c>\n</c> or <c>\r\n</c>); null at the end. Text after the last
    /// terminator is a line unless it is empty.
    /// </summary>
    public async ValueTask<Line?> ReadLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = SliceLine(buffer.Slice(0, end), buffer.Slice(0, end).Length > maxBytes);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                return line;
            }

            if (buffer.Length > maxBytes)
                return await ReadOversizedLineAsync(cancellation);
            if (!completed)
                await FillBufferAsync(cancellation);
            else if (buffer.IsEmpty)
                return null;
            else
            {
                var last = SliceLine(buffer, false);
                buffer = buffer.Slice(buffer.End);
                return last;
            }
        }
    }

    /// <summary>Returns the buffer to the server, so that it can read the rest of the body and respond.</summary>
    public void Dispose()
    {
        if (reading)
            body.AdvanceTo(buffer.End);
        reading = false;
    }

    /// <summary>Returns the beginning of a line that is too long. The rest is read and dropped.</summary>
    private async ValueTask<Line?> ReadOversizedLineAsync(CancellationToken cancellation)
    {
        var beginning = buffer.Slice(0, maxBytes).ToArray();
        while (true)
        {
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                return new Line(++number, beginning, true);
            }

            buffer = buffer.Slice(buffer.End);
            if (completed)
                return new Line(++number, beginning, true);
            await FillBufferAsync(cancellation);
        }
    }

    /// <summary>Reads more bytes after the rest of the buffer.</summary>
    private async ValueTask FillBufferAsync(CancellationToken cancellation)
    {
        if (reading)
            body.AdvanceTo(buffer.Start, buffer.End);
        reading = false;
        var read = await body.ReadAsync(cancellation);
        (buffer, completed, reading) = (read.Buffer, read.IsCompleted, true);
    }

    private Line SliceLine(ReadOnlySequence<byte> line, bool isCut)
    {
        if (isCut)
            line = line.Slice(0, maxBytes);
        ReadOnlyMemory<byte> bytes = line.IsSingleSegment ? line.First : line.ToArray();
        if (number == 0 && bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        return new Line(++number, bytes.Span.EndsWith("\r"u8) ? bytes[..^1] : bytes, isCut);
    }
}

/// <summary>A line of a body.</summary>
/// <param name="Number">Number of the line, from 1.</param>
/// <param name="Bytes">The line's bytes; only the first ones of a line that is too long.</param>
/// <param name="IsTruncated">True if the line was too long.</param>
internal readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes, bool IsTruncated);
