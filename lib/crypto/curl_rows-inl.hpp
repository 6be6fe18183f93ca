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
    /// Bit c of row r goes to bit r of row c: the upper right quarter of a square for the lower left one, then the same in each
    /// quarter, down to single bits. Eight rows at a time are enough for three of the six steps.
    HWY_NOINLINE void transpose() {
        for (std::size_t r = 0; r < 8; ++r) exchangeEight<8>(r);
        for (std::size_t r = 0; r < kRows; r += 8) exchangeEight<1>(r);
    }

private:
    /// The lowest `half` columns of each 2 half.
    static constexpr std::uint64_t leftHalves(std::size_t half) {
        std::uint64_t columns = 0;
        for (std::size_t c = 0; c < kRows; ++c) columns |= std::uint64_t{c % (2 * half) < half} << c;
        return columns;
    }
    template <std::size_t Half>
    static HWY_INLINE void exchange(Vec& upper, Vec& lower) {
        const auto mask = hn::Set(Tag(), leftHalves(Half));
        const auto difference = hn::And(hn::Xor(hn::ShiftRight<static_cast<int>(Half)>(upper), lower), mask);
        upper = hn::Xor(upper, hn::ShiftLeft<static_cast<int>(Half)>(difference));
        lower = hn::Xor(lower, difference);
    }
    /// The steps 4 Step, 2 Step and Step for the rows first + k Step.
    template <std::size_t Step>
    HWY_INLINE void exchangeEight(std::size_t first) {
        std::array<Vec, 8> v;
        for (std::size_t k = 0; k < v.size(); ++k) v[k] = vector(first + k * Step);
        for (const std::size_t k : {0, 1, 2, 3}) exchange<4 * Step>(v[k], v[k + 4]);
        for (const std::size_t k : {0, 1, 4, 5}) exchange<2 * Step>(v[k], v[k + 2]);
        for (const std::size_t k : {0, 2, 4, 6}) exchange<Step>(v[k], v[k + 1]);
        for (std::size_t k = 0; k < v.size(); ++k) setVector(first + k * Step, v[k]);
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
