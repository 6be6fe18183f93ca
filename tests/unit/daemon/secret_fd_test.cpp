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
#include <string>

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

struct SecretFd : testing::Test {
    SecretFd() { signal(SIGPIPE, SIG_IGN); }  // as hardenProcess() does

    Result<std::string> read(OwnedFd fd) {
        auto secret = loop.run(readSecret(loop, loop.clock, std::move(fd)));
        if (!secret) return fail(secret.error());
        return std::string(secret->text());
    }
    Result<std::string> readFromPipe(const std::string& text) {
        Pipe pipe;
        pipe.put(text);
        pipe.in = OwnedFd();
        return read(std::move(pipe.out));
    }
    test::TestLoop loop;
};

TEST_F(SecretFd, ReadsAPipeToItsEnd) {
    EXPECT_EQ(readFromPipe("correct horse").value(), "correct horse");
}

TEST_F(SecretFd, DropsOneNewlineAtTheEndOnly) {
    EXPECT_EQ(readFromPipe(" a b \n").value(), " a b ");
    EXPECT_EQ(readFromPipe("a\n\n").value(), "a\n");
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
    EXPECT_FALSE(writeSecret(OwnedFd(open("/dev/null", O_WRONLY | O_CLOEXEC)), SecretBytes::fromText("s")));
    pipe.out = OwnedFd();
    EXPECT_FALSE(writeSecret(pipe.in, SecretBytes::fromText("s")));
}

TEST_F(SecretFd, WritesWithANewline) {
    Pipe pipe;
    ASSERT_TRUE(writeSecret(pipe.in, SecretBytes::fromText("SEED")));
    pipe.in = OwnedFd();
    std::array<char, 16> buffer{};
    EXPECT_EQ(::read(pipe.out.get(), buffer.data(), buffer.size()), 5);
    EXPECT_EQ(std::string(buffer.data(), 5), "SEED\n");
}

TEST_F(SecretFd, NeverWaitsForAFullPipe) {
    Pipe pipe;
    ASSERT_EQ(fcntl(pipe.in.get(), F_SETPIPE_SZ, 4096), 4096);
    pipe.put(std::string(4096, 'x'));
    EXPECT_FALSE(writeSecret(pipe.in, SecretBytes::fromText("SEED")));
}

}  // namespace
}  // namespace pegasus::daemon
