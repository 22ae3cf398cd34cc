using System.Text;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Tests.Pushgateway;

public class ConsistencyErrorTests
{
    [Fact]
    public void The_words_of_1_5_1_are_read_byte_by_byte()
    {
        var complaint = Assert.Single(
            ConsistencyError.Read(
                """
                pushed metrics are invalid or inconsistent with existing metrics: collected metric "a" { label:<name:"job" value:"\303\251\377" > label:<name:"x" value:"a\n\t\"} is not a b\\" > gauge:<value:0 > } is not a UNTYPED
                """
            )
        );

        Assert.Equal((ConsistencyErrorKind.OtherType, "a"), (complaint.Kind, complaint.Metric));
        Assert.Equal<byte>([0xC3, 0xA9, 0xFF], complaint.Value("job")!);
        Assert.Equal("a\n\t\"} is not a b\\", Encoding.UTF8.GetString(complaint.Value("x")!));
    }

    [Fact]
    public void So_are_those_of_newer_gateways()
    {
        var complaints = ConsistencyError.Read(
            """
            2 error(s) occurred:
            * collected metric "a" { label:{name:"job"  value:"\xff\u00e9é"} label:{name:"empty" value:""}  gauge:{value:1}} has a label named "job" whose value is not utf8: "\xff"
            * collected metric "b" {label:{name:"job" value:"j"} gauge:{value:1}} was collected before with the same name and label values
            """
        );

        Assert.Equal([ConsistencyErrorKind.NotUtf8, ConsistencyErrorKind.SameSeries], complaints.Select(complaint => complaint.Kind));
        Assert.Equal<byte>([0xFF, 0xC3, 0xA9, 0xC3, 0xA9], complaints[0].Value("job")!);
        Assert.Empty(complaints[0].Value("empty")!);
        Assert.Null(complaints[0].Value("absent"));
        Assert.Equal("j", Encoding.UTF8.GetString(complaints[1].Value("job")!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text format parsing error in line 1: invalid metric name")]
    [InlineData("collected metric \"")]
    [InlineData("collected metric \"a\" { label:<name:\"x\" value:\"\\")]
    [InlineData("collected metric \"a\" { label:<name:\"x\" value:\"\\9\" > } is no")]
    [InlineData("gathered metric family go_goroutines has type COUNTER but should have GAUGE")]
    [InlineData("collected metric collected metric \" collected metric \" {")]
    public void What_is_none_is_none(string answer) => Assert.Empty(ConsistencyError.Read(answer));

    [Fact]
    public void Whatever_an_answer_holds_reading_it_ends()
    {
        const string Whole =
            "collected metric \"a\" { label:<name:\"x\" value:\"\\377\\xff\\u00e9\\\\\" > gauge:<value:0 > } is not a UNTYPED";
        for (var length = 0; length <= Whole.Length; length++)
        {
            foreach (var tail in (string[])["", "\"", "\\", "\\x", "\\u", "\\7", "{", "collected metric \""])
                ConsistencyError.Read(Whole[..length] + tail);
        }
    }
}
