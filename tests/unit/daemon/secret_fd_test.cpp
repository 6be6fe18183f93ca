// SPDX-License-Identifier: Apache-2.0
// Secrets by descriptor.
#include "daemon/objects/secret_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bus/names.hpp"
#include "support/test_loop.hpp"

namespace pegasus::daemon {
namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
        out = OwnedFd(ends[0]);
        in = OwnedFd(ends[1]);
    }
    void put(const std::string& text) const {
        if (write(in.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("write");
    }
    OwnedFd out, in;
};

/// Runs jobs at once, or never: as a thread that hangs.
struct FakeThreads final : SideThreads {
    Result<void> post(std::function<void()> job) override {
        if (full) return fail(ErrorCode::LimitExceeded, "full");
        if (hanging) {
            kept.push_back(std::move(job));
        } else {
            job();
        }
        return {};
    }
    bool hanging = false;
    bool full = false;
    std::vector<std::function<void()>> kept;
};

struct SecretFd : testing::Test {
    SecretFd() { signal(SIGPIPE, SIG_IGN); }  // as hardenProcess() does

    Result<std::string> read(OwnedFd fd) {
        auto secret = loop.run(readSecret(tools, std::move(fd)));
        if (!secret) return fail(secret.error());
        return std::string(secret->text());
    }
    Result<std::string> readFromPipe(const std::string& text) {
        Pipe pipe;
        pipe.put(text);
        pipe.in = OwnedFd();
        return read(std::move(pipe.out));
    }
    Result<void> put(const OwnedFd& fd, const char* text) {
        return loop.run(writeSecret(tools, OwnedFd(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)), SecretBytes::fromText(text)));
    }
    Result<void> check(const OwnedFd& fd) { return loop.run(checkSecretOutput(tools, fd)); }

    test::TestLoop loop;
    std::shared_ptr<FakeThreads> threads = std::make_shared<FakeThreads>();
    SecretTools tools{loop, threads};
};

TEST_F(SecretFd, ReadsAPipeToItsEnd) {
    EXPECT_EQ(readFromPipe("correct horse").value(), "correct horse");
}

TEST_F(SecretFd, DropsOneLineEndAtTheEndOnly) {
    EXPECT_EQ(readFromPipe(" a b \n").value(), " a b ");
    EXPECT_EQ(readFromPipe("a\n\n").value(), "a\n");
    EXPECT_EQ(readFromPipe("a\r\n").value(), "a");
    EXPECT_EQ(readFromPipe("a\r").value(), "a\r");
    EXPECT_EQ(readFromPipe("\r\n").error().code, ErrorCode::InvalidArgument);
}

TEST_F(SecretFd, ReadsAMemoryFile) {
    OwnedFd file(memfd_create("secret", MFD_CLOEXEC));
    ASSERT_EQ(write(file.get(), "abc\n", 4), 4);
    EXPECT_EQ(read(std::move(file)).value(), "abc");
}

TEST_F(SecretFd, RefusesAnEmptySecret) {
    EXPECT_EQ(readFromPipe("").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(readFromPipe("\n").error().code, ErrorCode::InvalidArgument);
}

TEST_F(SecretFd, RefusesMoreThanTheLimit) {
    EXPECT_EQ(readFromPipe(std::string(bus::kMaxSecretLength, 'x')).value().size(), bus::kMaxSecretLength);
    EXPECT_EQ(readFromPipe(std::string(bus::kMaxSecretLength + 1, 'x')).error().code, ErrorCode::InvalidArgument);
}

TEST_F(SecretFd, GivesUpWhenTheEndDoesNotCome) {
    Pipe pipe;
    pipe.put("half");
    const auto before = loop.clock.steady();
    EXPECT_EQ(read(std::move(pipe.out)).error().code, ErrorCode::Timeout);
    EXPECT_GE(loop.clock.steady() - before, kSecretTimeout);
}

TEST_F(SecretFd, RefusesFilesAndSocketsThatCouldBlock) {
    EXPECT_EQ(read(OwnedFd(open("/dev/zero", O_RDONLY | O_CLOEXEC))).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(read(OwnedFd(open("/", O_RDONLY | O_CLOEXEC))).error().code, ErrorCode::InvalidArgument);
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const OwnedFd other(ends[1]);
    EXPECT_EQ(read(OwnedFd(ends[0])).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(read(OwnedFd()).error().code, ErrorCode::InvalidArgument);
}

TEST_F(SecretFd, RefusesTheWrongEndOfAPipe) {
    Pipe pipe;
    EXPECT_FALSE(put(OwnedFd(open("/dev/null", O_WRONLY | O_CLOEXEC)), "s"));
    pipe.out = OwnedFd();
    EXPECT_FALSE(put(pipe.in, "s"));
}

TEST_F(SecretFd, WritesWithANewline) {
    Pipe pipe;
    ASSERT_TRUE(put(pipe.in, "SEED"));
    pipe.in = OwnedFd();
    std::array<char, 16> buffer{};
    EXPECT_EQ(::read(pipe.out.get(), buffer.data(), buffer.size()), 5);
    EXPECT_EQ(std::string(buffer.data(), 5), "SEED\n");
}

TEST_F(SecretFd, NeverWaitsForAFullPipe) {
    Pipe pipe;
    ASSERT_EQ(fcntl(pipe.in.get(), F_SETPIPE_SZ, 4096), 4096);
    pipe.put(std::string(4096, 'x'));
    EXPECT_FALSE(put(pipe.in, "SEED"));
}

TEST_F(SecretFd, WritesAMemoryFile) {
    OwnedFd file(memfd_create("seed", MFD_CLOEXEC));
    ASSERT_TRUE(put(file, "SEED"));
    std::array<char, 16> buffer{};
    EXPECT_EQ(pread(file.get(), buffer.data(), buffer.size(), 0), 5);
}

TEST_F(SecretFd, AnOutputIsCheckedBeforeItIsNeeded) {
    Pipe pipe;
    EXPECT_TRUE(check(pipe.in));
    EXPECT_EQ(check(pipe.out).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(check(OwnedFd(open("/dev/null", O_WRONLY | O_CLOEXEC))).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(check(OwnedFd()).error().code, ErrorCode::InvalidArgument);
}

TEST_F(SecretFd, APipeWhoseOtherEndBlocksIsReadWithoutBlocking) {
    Pipe pipe;
    pipe.put("half");
    // The caller shares the open file and clears the flag as often as it likes; here it never was set.
    ASSERT_EQ(fcntl(pipe.out.get(), F_GETFL) & O_NONBLOCK, 0);
    OwnedFd ours(fcntl(pipe.out.get(), F_DUPFD_CLOEXEC, 0));
    EXPECT_EQ(read(std::move(ours)).error().code, ErrorCode::Timeout);
    EXPECT_EQ(fcntl(pipe.out.get(), F_GETFL) & O_NONBLOCK, 0) << "the flag is the caller's";
}

TEST_F(SecretFd, ADescriptorThatHangsEndsInATimeout) {
    threads->hanging = true;
    Pipe pipe;
    pipe.put("secret");
    const auto before = loop.clock.steady();
    EXPECT_EQ(read(OwnedFd(fcntl(pipe.out.get(), F_DUPFD_CLOEXEC, 0))).error().code, ErrorCode::Timeout);
    EXPECT_EQ(loop.clock.steady() - before, kSecretTimeout);
    EXPECT_EQ(put(pipe.in, "s").error().code, ErrorCode::Timeout);
    EXPECT_EQ(check(pipe.in).error().code, ErrorCode::Timeout);
    // What hung goes on later, and nobody waits for it any more.
    for (auto& job : threads->kept) job();
    loop.settle();
}

TEST_F(SecretFd, TooManyThatHangAreALimit) {
    threads->full = true;
    EXPECT_EQ(readFromPipe("a").error().code, ErrorCode::LimitExceeded);
    Pipe pipe;
    EXPECT_EQ(put(pipe.in, "s").error().code, ErrorCode::LimitExceeded);
}

TEST_F(SecretFd, TheReadEndsWhenTheProgramStops) {
    Pipe pipe;
    std::optional<Result<SecretBytes>> outcome;
    auto reading = [&]() -> Async<void> { outcome = co_await readSecret(tools, std::move(pipe.out)); };
    loop.spawn("reading", reading());
    loop.settle();
    EXPECT_FALSE(outcome);
    loop.stop();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace pegasus::daemon
