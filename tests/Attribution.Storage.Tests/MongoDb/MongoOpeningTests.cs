using System.Net;
using System.Net.Sockets;
using Attribution.Storage.MongoDb;
using Attribution.TestKit;
using Attribution.TestKit.Stores;
using MongoDB.Bson;

namespace Attribution.Storage.Tests.MongoDb;

/// <summary>Opening a store of MongoDB: what is refused, what is touched before, and how it is worded.</summary>
public sealed class MongoOpeningTests
{
    private const string Refused = "refused";

    [Theory]
    [InlineData("p/w")]
    [InlineData("p:w")]
    [InlineData("p@w")]
    [InlineData("p?w")]
    [InlineData("p#w")]
    [InlineData("p%w")]
    [InlineData("p[w")]
    [InlineData("p w")]
    public Task Password_is_never_part_of_a_message(string password) => ShouldNotShowAsync(password);

    // The driver looks for a server named 12 until its own limit of 30 seconds.
    [Fact]
    [Trait("Category", "Long")]
    public Task Password_that_reads_like_a_host_is_not_shown_after_it() => ShouldNotShowAsync("@12/34?");

    private static async Task ShouldNotShowAsync(string password)
    {
        foreach (var text in (string[])[
            $"mongodb://ada:secret{password}secret@127.0.0.1:1/?serverSelectionTimeoutMS=200",
            $"mongodb://ada:secret{password}secret@127.0.0.1:1/?serverSelectionTimeoutMS=soon",
            $"mongodb+srv://ada:secret{password}secret@127.0.0.1:1/", $"mongo://ada:secret{password}secret@host/"])
        {
            var refusal = await RefuseAsync(text);
            refusal.ToString().ShouldNotContain("secret");
            refusal.Message.ShouldContain("Store:MongoDb:ConnectionString");
        }
    }

    [Theory]
    [InlineData("12/34")]
    [InlineData("12?34")]
    [InlineData("12#34")]
    [InlineData("12@34/5")]
    [InlineData("12@34")]
    public async Task Part_of_a_password_is_not_taken_for_a_host(string password)
    {
        var refusal = await RefuseAsync($"mongodb://ada:{password}@127.0.0.1:1/?serverSelectionTimeoutMS=200");
        refusal.Message.ShouldStartWith("Store:MongoDb:ConnectionString cannot be read");
        foreach (var part in (string[])["12", "34"]) refusal.ToString().Split('\n')[0].Replace("host1,host2", "", StringComparison.Ordinal).ShouldNotContain(part);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(16)]
    public async Task Server_older_than_6_is_refused_before_anything_is_made(int wireVersion)
    {
        await using var server = new ScriptedMongoEndpoint(_ => null, wireVersion);
        (await RefuseAsync(server.ConnectionString)).Message.ShouldStartWith("The MongoDB server is older than version 6.0");
        server.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Standalone_server_is_refused_before_anything_is_made()
    {
        await using var server = new ScriptedMongoEndpoint(_ => null, replicaSet: false);
        (await RefuseAsync(server.ConnectionString)).Message.ShouldStartWith("The MongoDB server is standalone");
        server.Commands.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("orders,users", "belongs to another program: it contains orders, users. Name an empty database")]
    [InlineData("users", "belongs to another program: it contains users.")]
    [InlineData("a,b,c,d,meta", "it contains a, b, c, ….")]
    public async Task Database_of_another_program_is_not_touched(string collections, string reason)
    {
        await using var server = new ScriptedMongoEndpoint(command => command.GetElement(0).Name switch
        {
            "find" => ScriptedAnswer.Batch(),
            "listCollections" => ScriptedAnswer.Batch([.. collections.Split(',').Select(name => new BsonDocument { { "name", name }, { "type", "collection" } })]),
            _ => null,
        });
        (await RefuseAsync(server.ConnectionString)).Message.ShouldContain(reason);
        server.Commands.ShouldBe(["find", "listCollections"]);
    }

    [Theory]
    [InlineData(4, "was written by a newer version (schema 4; this build supports up to 3)")]
    [InlineData(null, "belongs to another program: its collection meta has no schema of this store.")]
    public async Task Store_that_this_build_cannot_use_is_not_touched(int? schema, string reason)
    {
        var meta = new BsonDocument("_id", "store");
        if (schema is { } version) meta.Add("schema", version);
        await using var server = new ScriptedMongoEndpoint(command => command.GetElement(0).Name == "find" ? ScriptedAnswer.Batch(meta) : null);
        (await RefuseAsync(server.ConnectionString)).Message.ShouldContain(reason);
        server.Commands.ShouldBe(["find"]);
    }

    [Theory]
    [InlineData("find")]
    [InlineData("listCollections")]
    [InlineData("create")]
    public async Task Fault_of_any_first_command_is_one_line(string failing)
    {
        await using var server = new ScriptedMongoEndpoint(command => command.GetElement(0).Name is var name && name == failing
            ? ScriptedAnswer.Refusal(13, "Unauthorized", $"not authorized on attribution to execute command {{ {Refused} }}")
            : name is "find" or "listCollections" ? ScriptedAnswer.Batch() : null);
        var message = (await RefuseAsync(server.ConnectionString)).Message;
        message.ShouldContain(Refused);
        message.ShouldNotContain(" at ");
        message.Split('\n').ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Connection_that_is_closed_is_one_line()
    {
        await using var server = new ScriptedMongoEndpoint(_ => ScriptedAnswer.Closed);
        var message = (await RefuseAsync(server.ConnectionString)).Message;
        message.Length.ShouldBeLessThan(400);
        message.ShouldNotContain(" at MongoDB");
    }

    [Fact]
    public async Task Servers_that_are_away_have_a_line_each_with_the_cause()
    {
        var (first, second) = (FindClosedPort(), FindClosedPort());
        var message = (await RefuseAsync($"mongodb://127.0.0.1:{first},127.0.0.1:{second}/?replicaSet=rs0&serverSelectionTimeoutMS=1500")).Message;
        var lines = message.Split(Environment.NewLine);
        lines.Length.ShouldBe(3);
        foreach (var port in (int[])[first, second]) lines.ShouldContain($"127.0.0.1:{port}: Connection refused");
        message.Length.ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Certificate_that_cannot_be_read_is_named_by_its_option()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("ca.pem"), "no certificate", TestContext.Current.CancellationToken);
        (await RefuseAsync("mongodb://127.0.0.1:1/", new MongoTls(folder.File("ca.pem"), null))).Message
            .ShouldStartWith($"Store:MongoDb:TlsCaFile: '{folder.File("ca.pem")}' cannot be read");
        (await RefuseAsync("mongodb://127.0.0.1:1/", new MongoTls(null, folder.File("own.pem")))).Message
            .ShouldStartWith($"Store:MongoDb:TlsCertificateFile: '{folder.File("own.pem")}' cannot be read");
    }

    private static async Task<StoreUnusableException> RefuseAsync(string connectionString, MongoTls? tls = null) =>
        await Should.ThrowAsync<StoreUnusableException>(async () =>
        {
            await using var store = await MongoStore.OpenAsync(connectionString, "attribution", TestContext.Current.CancellationToken, tls: tls);
        });

    private static int FindClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
