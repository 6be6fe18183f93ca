// SPDX-License-Identifier: Apache-2.0
// Carries states in and out of the bit-sliced form by transposing squares of 64 x 64 bits: before, a row is one word of one state
// (curl_planes.hpp), that is 64 trits; after, a row is one trit of 64 states. A vector holds as many squares as it has words, so state 64 g + r is row
// r of square g, and transposed rows are the vectors of a state buffer. Include as curl_lanes-inl.hpp.

#if defined(PEGASUS_CRYPTO_CURL_ROWS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#undef PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#endif

#include <hwy/highway.h>

#include <array>

#include "crypto/curl_lanes-inl.hpp"
#include "crypto/curl_planes.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

constexpr std::size_t kRows = 64;

/// As many squares as a vector has words.
class Squares {
public:
    [[nodiscard]] std::uint64_t& row(std::size_t state) { return words_[state % kRows * kVecWords + state / kRows]; }
    [[nodiscard]] Vec vector(std::size_t row) const { return hn::Load(Tag(), words_.data() + row * kVecWords); }
    void setVector(std::size_t row, Vec vector) { hn::Store(vector, Tag(), words_.data() + row * kVecWords); }
    /// Bit c of row r goes to bit r of row c.
    HWY_NOINLINE void transpose() {
        exchange<32>(0x00000000FFFFFFFF);
        exchange<16>(0x0000FFFF0000FFFF);
        exchange<8>(0x00FF00FF00FF00FF);
        exchange<4>(0x0F0F0F0F0F0F0F0F);
        exchange<2>(0x3333333333333333);
        exchange<1>(0x5555555555555555);
    }

private:
    /// In each block of 2 Half rows and columns: the upper right quarter for the lower left one.
    template <std::size_t Half>
    void exchange(std::uint64_t leftHalf) {
        const auto mask = hn::Set(Tag(), leftHalf);
        for (std::size_t block = 0; block < kRows; block += 2 * Half) {
            for (std::size_t r = block; r < block + Half; ++r) {
                const auto upper = vector(r);
                const auto lower = vector(r + Half);
                const auto difference = hn::And(hn::Xor(hn::ShiftRight<Half>(upper), lower), mask);
                setVector(r, hn::Xor(upper, hn::ShiftLeft<Half>(difference)));
                setVector(r + Half, hn::Xor(lower, difference));
            }
        }
    }

    alignas(64) std::array<std::uint64_t, kRows * kVecWords> words_{};
};

/// The planes of kStates states, in rows by state.
template <std::size_t PerPlane>
class Rows {
public:
    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows() { wipe(this, sizeof *this); }

    void set(std::size_t state, const PlaneBits<PerPlane>& planes) {
        for (std::size_t word = 0; word < low_.size(); ++word) {
            low_[word].row(state) = planes.low[word];
            high_[word].row(state) = planes.high[word];
        }
    }
    [[nodiscard]] PlaneBits<PerPlane> get(std::size_t state) {
        PlaneBits<PerPlane> planes;
        for (std::size_t word = 0; word < low_.size(); ++word) {
            planes.low[word] = low_[word].row(state);
            planes.high[word] = high_[word].row(state);
        }
        return planes;
    }
    /// Writes the trits that the rows hold into a state buffer. The rows are used up.
    void writeTo(std::uint64_t* state) {
        transpose();
        for (std::size_t word = 0; word < low_.size(); ++word)
            for (std::size_t bit = 0; bit < kRows && tritAt<PerPlane>(word, bit) < kTrits; ++bit)
                store({low_[word].vector(bit), high_[word].vector(bit)}, state, tritAt<PerPlane>(word, bit));
    }
    void readFrom(const std::uint64_t* state) {
        for (std::size_t word = 0; word < low_.size(); ++word) {
            for (std::size_t bit = 0; bit < kRows; ++bit) {
                const std::size_t trit = tritAt<PerPlane>(word, bit);
                const auto none = hn::Zero(Tag());
                const auto pair = trit < kTrits ? load(state, trit) : Pair{none, none};
                low_[word].setVector(bit, pair.low);
                high_[word].setVector(bit, pair.high);
            }
        }
        transpose();
    }

private:
    static constexpr std::size_t kTrits = PerPlane == kRateWords ? kCurlRateTrits : kCurlStateTrits;

    void transpose() {
        for (std::size_t word = 0; word < low_.size(); ++word) {
            low_[word].transpose();
            high_[word].transpose();
        }
    }

    std::array<Squares, kPlanes * PerPlane> low_;
    std::array<Squares, kPlanes * PerPlane> high_;
};

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
