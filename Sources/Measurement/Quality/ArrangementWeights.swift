let arrangementWeights = ""
