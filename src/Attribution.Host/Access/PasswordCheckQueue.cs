namespace Attribution.Host.Access;

/// <summary>
/// Queue of password checks. A check is expensive by design, so that few run at a time, few wait, and no address takes
/// all places. Further checks are refused at once. Thread-safe.
/// </summary>
internal sealed class PasswordCheckQueue : IDisposable
{
    /// <summary>Maximum number of checks that run or wait; of all addresses, and of one address prefix.</summary>
    public const int MaxPending = 16, MaxPendingPerAddress = 8;

    private readonly SemaphoreSlim running = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Dictionary<string, int> pending = new(StringComparer.Ordinal);
    private int total;

    /// <summary>Takes a place in the queue; returns null if there is none for the address.</summary>
    /// <param name="address">Prefix of the client's address.</param>
    public Place? TryEnter(string address)
    {
        lock (pending)
        {
            var ofAddress = pending.GetValueOrDefault(address);
            if (total >= MaxPending || ofAddress >= MaxPendingPerAddress) return null;
            pending[address] = ofAddress + 1;
            total++;
        }

        return new(this, address);
    }

    /// <inheritdoc/>
    public void Dispose() => running.Dispose();

    private void Leave(string address)
    {
        lock (pending)
        {
            total--;
            if (pending[address] == 1) pending.Remove(address);
            else pending[address]--;
        }
    }

    /// <summary>A place in the queue, given back by disposing it.</summary>
    internal sealed class Place(PasswordCheckQueue queue, string address) : IDisposable
    {
        /// <summary>Runs a check when it is its turn.</summary>
        public async Task<T> RunAsync<T>(Func<T> check, CancellationToken cancellation)
        {
            await queue.running.WaitAsync(cancellation);
            try
            {
                return check();
            }
            finally
            {
                queue.running.Release();
            }
        }

        /// <inheritdoc/>
        public void Dispose() => queue.Leave(address);
    }
}
