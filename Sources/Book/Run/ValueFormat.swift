enum ValueFormat { static let names = ["default"] }
