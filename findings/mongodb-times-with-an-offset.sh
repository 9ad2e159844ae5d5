#!/usr/bin/env bash
# MongoDB's driver stores a time with an offset as a document, which no query by date finds.
#
# Version:  NuGet MongoDB.Bson 3.14.0.
# Guess:    a DateTimeOffset becomes a BSON date, as a DateTime and a DateOnly do.
# Seen:     it becomes a document of DateTime, Ticks and Offset, unless its representation is set to DateTime.
# Hurts:    filters by date, indexes that delete by age and charts read no such field, without an error.
# Needs:    the .NET SDK 10
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >store.cs <<'CS'
#:package MongoDB.Bson@3.14.0
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
var at = new DateTimeOffset(2026, 3, 2, 11, 15, 0, TimeSpan.FromHours(1));
foreach (var one in new { Day = new DateOnly(2026, 3, 2), Utc = at.UtcDateTime, Offset = at }.ToBsonDocument())
    Console.WriteLine($"{one.Name}: {one.Value.BsonType}{(one.Value is BsonDocument fields ? " of " + string.Join(", ", fields.Names) : "")}");
Console.WriteLine($"Offset, with a representation: {new Click { At = at }.ToBsonDocument()["At"].BsonType}");
class Click { [BsonRepresentation(BsonType.DateTime)] public DateTimeOffset At { get; set; } }
CS
dotnet run store.cs | tee seen
diff seen - <<'SEEN'
Day: DateTime
Utc: DateTime
Offset: Document of DateTime, Ticks, Offset
Offset, with a representation: DateTime
SEEN
