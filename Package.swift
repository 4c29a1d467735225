// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Every Swift target has the same settings.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
]

// CTorch alone links LibTorch. LIBTORCH=DIR names another build than the system's, CUDA builds included;
// its libraries are given by full path, because the system's folder would be searched first.
let libTorch = ProcessInfo.processInfo.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
let torchCompiler: [CXXSetting] =
  libTorch.map { folder in
    // The headers of gloo that the system has need not be those that this LibTorch was built with.
    let hasGloo = FileManager.default.fileExists(atPath: "\(folder)/include/gloo/context.h")
    return [.unsafeFlags(["-isystem", "\(folder)/include"])] + (hasGloo ? [] : [.define("ECGBOOK_NO_GLOO")])
  } ?? []
let torchLinker: [LinkerSetting] =
  libTorch.map { folder in
    let libraries = ["torch", "torch_cpu", "c10"].map { "\(folder)/lib/lib\($0).so" }
    return [.unsafeFlags(libraries + ["-Xlinker", "-rpath", "-Xlinker", "\(folder)/lib"]), .linkedLibrary("m")]
  } ?? ["torch", "torch_cpu", "c10", "m"].map { .linkedLibrary($0) }

func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ room: String, _ dependencies: [Target.Dependency] = [], data: [String] = []) -> Target {
  .testTarget(
    name: "\(room)Tests", dependencies: [.byName(name: room), "TestSupport"] + dependencies, exclude: data,
    swiftSettings: swiftSettings)
}

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "ecgbook",
  platforms: [.macOS(.v15)],  // Synchronization
  products: [
    .executable(name: "ecgbook", targets: ["ecgbook"]),
    .library(name: "CTorch", type: .dynamic, targets: ["CTorch"]),  // opened by Torch on first use
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // The tool
    .executableTarget(
      name: "ecgbook",
      dependencies: [
        arguments, "Files", "WFDB", "PTBXL", "Synthesis", "Torch", "Networks", "Learning", "Scoring", "Measurement", "Interpretation",
        "Drawing", "Book", "Cells", "Preview", "Formats", "WebApp", "Wording",
      ],
      swiftSettings: swiftSettings),

    // What is served
    room(
      "WebApp",
      [
        "CSandbox", crypto, "Files", "WFDB", "Formats", "PTBXL", "Drawing", "Book", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "Mustache", package: "swift-mustache"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Deploy"],
      resources: (["app.css", "app.js", "openapi.json", "words.en.json", "words.de.json"]
        + ["head", "foot", "start", "reading", "table", "problem", "enter"].map { $0 + ".mustache" })
        .map { .embedInCode("Resources/" + $0) }),

    // The report engine
    room(
      "Preview",
      [
        "Files", "Drawing", "Book", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: ["html", "css", "js"].map { .embedInCode("Resources/preview.\($0)") }),
    room(
      "Cells",
      [
        "Files", "Formats", "WFDB", "PTBXL", "Synthesis", "Torch", "Networks", "Learning", "Scoring", "Measurement", "Interpretation",
        "Drawing", "Figures", "Book", "Wording",
      ],
      resources: [.embedInCode("Resources/library.json"), .embedInCode("Resources/checklists.json")]),
    room(
      "Book", ["Files", "Drawing", "Wording", "CMark", "CQPDF", .product(name: "Yams", package: "Yams")],
      resources: [.embedInCode("Resources/report.js")]),
    room("Figures", ["Drawing", "Wording"]),
    room("Drawing", ["CCairo", "CPango", "Wording"]),
    room("Wording", ["Files"], resources: ["de", "en"].map { .embedInCode("Resources/phrases.\($0).csv") }),

    // The domain
    room(
      "Interpretation", ["Files", "Learning", "Measurement", "WFDB", "Wording"],
      resources: ["severity", "snomed", "statements.de", "statements.en"].map { .embedInCode("Resources/\($0).csv") }),
    room("Learning", ["Files", "Torch", "Networks", "PTBXL", "Scoring", "WFDB"]),
    room("Networks", ["Torch"]),
    room("Torch", ["TorchAPI"]),
    room("Scoring"),
    room("Synthesis", ["Files", "PTBXL", "WFDB"]),
    room("PTBXL", ["Files", "WFDB"]),
    room("Measurement", ["WFDB"]),
    room("Formats", ["WFDB"]),
    room("WFDB", ["CFLAC"]),
    room("Files", [crypto]),

    // C and C++
    .target(name: "CSandbox"),
    .target(
      name: "CTorch", dependencies: ["TorchAPI"],
      cxxSettings: torchCompiler, linkerSettings: torchLinker),
    .target(name: "TorchAPI"),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
    .systemLibrary(
      name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"]), .brew(["pango"])]),
    .systemLibrary(
      name: "CMark", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]),
    .systemLibrary(name: "CFLAC", pkgConfig: "flac", providers: [.apt(["libflac-dev"]), .brew(["flac"])]),
    .systemLibrary(name: "CQPDF", pkgConfig: "libqpdf", providers: [.apt(["libqpdf-dev"]), .brew(["qpdf"])]),

    // Tests
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
    .executableTarget(
      name: "ecgbook-bench", dependencies: [arguments, "Torch", "Networks", "Learning", "PTBXL", "Scoring"],
      path: "Tests/Bench/Sources", swiftSettings: swiftSettings),
    .target(
      name: "FuzzReaders", dependencies: ["Files", "Formats", "Learning", "PTBXL", "Scoring", "WFDB"], path: "Tests/Fuzz/Readers", swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzReaders", "TestSupport"], path: "Tests/FuzzTests",
      swiftSettings: swiftSettings),
    tests("Files"),
    tests("WFDB", data: ["Expectations"]),
    tests("Formats", ["WFDB"]),
    tests("Measurement", ["PTBXL", "WFDB"], data: ["Training"]),
    tests("PTBXL"),
    tests("Synthesis"),
    tests("Scoring", data: ["Expectations"]),
    tests("Torch", ["Networks"]),
    tests("Networks", ["Torch"], data: ["make_expected.py", "expected.json"]),
    tests("Learning", ["Files", "WFDB", "PTBXL", "Torch", "Networks"], data: ["Expectations"]),
    tests("Interpretation", ["Files", "Learning", "Measurement", "PTBXL", "Wording"]),
    tests("Wording"),
    tests("Drawing", ["Wording"]),
    tests("Figures", ["Wording"]),
    tests("Book", ["Wording"]),
    tests("Preview", ["Files", "Drawing", "Book"]),
    tests(
      "WebApp",
      [
        "Files", "Formats", "WFDB", "PTBXL", "Synthesis", "Book", "Cells", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ]),
    tests("Cells", ["Files", "Book", "Drawing", "Figures", "Formats", "Interpretation", "Learning", "PTBXL", "Scoring", "WFDB"]),
    tests("ecgbook", ["Files", "WFDB", "PTBXL", "Cells", "Book"]),
  ],
  cxxLanguageStandard: .cxx17  // Debian's LibTorch headers break under C++20
)

// Only Tests/Fuzz/fuzz.sh builds this: libFuzzer brings its `main`.
if ProcessInfo.processInfo.environment["ECGBOOK_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "ecgbook-fuzz", dependencies: ["FuzzReaders"], path: "Tests/Fuzz/Harness", swiftSettings: swiftSettings))
}
