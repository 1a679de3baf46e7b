using System;
using System.Linq;
using System.Text;
using Hbd.Core.Auth;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>The authkeys file: what it means, and that no message gives a secret away.</summary>
public sealed class AuthKeysReaderTests
{
    private const string Secret = "correct-horse-battery";

    [Theory]
    [InlineData("auth 1\n1 sha256 correct-horse-battery\n")]
    [InlineData("1 sha256 correct-horse-battery\nauth 1")]
    [InlineData("# comment\r\n\r\n  auth\t1 # this one\r\n1  hmac-sha256\tcorrect-horse-battery # comment\r\n")]
    public void ReadsOneKey(string text)
    {
        AuthKeysResult result = Read(text);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(1, result.Keys!.SigningId);
        AuthKey key = Assert.Single(result.Keys.Keys);
        Assert.Equal(Secret, Encoding.UTF8.GetString(key.Secret));
    }

    [Fact]
    public void OneSignsAndAllVerify()
    {
        AuthKeysResult result = Read($"auth 15\n0 sha256 {Secret}0\n15 sha256 {Secret}#15\n");
        Assert.Equal(15, result.Keys!.SigningId);
        Assert.Equal([0, 15], result.Keys.Keys.Select(key => key.Id));
        Assert.Equal(Secret + "#15", Encoding.UTF8.GetString(result.Keys.Keys[1].Secret));
    }

    [Theory]
    [InlineData("", "1:1: no auth line; expected \"auth N\" to choose the key that signs")]
    [InlineData("1 sha256 correct-horse-battery", "1:1: no auth line; expected \"auth N\" to choose the key that signs")]
    [InlineData("auth 1", "1:6: auth names key 1, which is not in the file; expected a line \"1 sha256 secret\"")]
    [InlineData("auth", "1:1: auth names one key; expected \"auth N\", N being a number from 0 to 15")]
    [InlineData("auth 16", "1:6: auth does not name a key; expected a number from 0 to 15")]
    [InlineData("auth correct-horse-battery", "1:6: auth does not name a key; expected a number from 0 to 15")]
    [InlineData("auth 1\n1 sha256 correct-horse-battery\nauth 1", "3:1: a second auth line, the first is line 1; expected one: one key signs, all listed keys verify")]
    [InlineData("auth 1\n1 crc", "2:3: method crc of the classic daemon is not safe and not supported; use sha256")]
    [InlineData("auth 1\n1 md5 correct-horse-battery", "2:3: method md5 of the classic daemon is not safe and not supported; use sha256")]
    [InlineData("auth 1\n1 sha1 correct-horse-battery", "2:3: method sha1 of the classic daemon is not safe and not supported; use sha256")]
    [InlineData("auth 1\n1 correct-horse-battery", "2:3: this is not a method; expected sha256 (or hmac-sha256, the same)")]
    [InlineData("auth 1\n1", "2:1: a key without method and secret; expected \"N sha256 secret\"")]
    [InlineData("auth 1\n1 sha256 # none", "2:3: a key without a secret; expected one word of 8 to 256 characters after the method")]
    [InlineData("auth 1\n1 sha256 correct horse", "2:18: more than one word after the method; expected a secret of one word, without blanks")]
    [InlineData("auth 1\n1 sha256 correct", "2:10: the secret has 7 characters; expected 8 to 256")]
    [InlineData("auth 1\n1 sha256 correct\u0001horse", "2:10: the secret holds a control character or is not UTF-8; expected printable characters")]
    [InlineData("auth 1\n1 sha256 correct-horse-battery\n1 sha256 other-horse-battery", "3:1: key 1 is already in line 2; expected every number once")]
    [InlineData("auth 1\n1 sha256 correct-horse-battery\n16 sha256 other-horse-battery", "3:1: this is not the number of a key; expected a number from 0 to 15")]
    [InlineData("auth 1\n1 sha256 correct-horse-battery\nhorse", "3:1: this line is neither a choice nor a key; expected \"auth N\" or \"N sha256 secret\"")]
    public void RefusesWithTheExactMessage(string text, string expected)
    {
        AuthKeysResult result = Read(text);
        Assert.Null(result.Keys);
        Assert.Equal("authkeys:" + expected, Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void ReportsAllErrorsInOneRunAndNoSecret()
    {
        AuthKeysResult result = Read($"auth x{Secret}\n{Secret}\n1{Secret} sha256 {Secret}\n2 {Secret}\n3 sha256 a {Secret}\n4 sha256 {Secret[..5]}\n");
        Assert.Equal([1, 2, 3, 4, 5, 6], result.Errors.Select(error => error.Line));
        Assert.All(result.Errors, error =>
            Assert.DoesNotContain(Secret[..5], error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void WarnsAboutAShortSecret()
    {
        AuthKeysResult result = Read("auth 1\n1 sha256 12345678\n");
        Assert.NotNull(result.Keys);
        Assert.Equal("authkeys:2:10: the secret has only 8 characters; 16 or more random ones are safe",
            Assert.Single(result.Warnings).ToString());
    }

    [Fact]
    public void TheShippedSampleIsReadableButNotToBeUsed()
    {
        AuthKeysResult result = AuthKeysReader.Read("authkeys", CaseFiles.Sample("authkeys"));
        Assert.NotNull(result.Keys);
        Assert.EndsWith("which everybody knows; replace it", Assert.Single(result.Warnings).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x8180, 0, null)]
    [InlineData(0x8100, 1000, null)]
    [InlineData(0x81A0, 0, "authkeys has mode 0640, open to more than its owner; expected 0600, run: chmod 600 authkeys")]
    [InlineData(0x8181, 0, "authkeys has mode 0601, open to more than its owner; expected 0600, run: chmod 600 authkeys")]
    [InlineData(0x8180, 1001, "authkeys belongs to user 1001, who could change the keys; run: chown root authkeys")]
    public void JudgesPermissions(int mode, uint owner, string? expected) =>
        Assert.Equal(expected, AuthKeysPermission.Problem("authkeys", mode, owner, readerUid: 1000));

    private static AuthKeysResult Read(string text) => AuthKeysReader.Read("authkeys", Encoding.UTF8.GetBytes(text));
}
