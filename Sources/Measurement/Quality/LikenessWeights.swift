let likenessWeights = ""
