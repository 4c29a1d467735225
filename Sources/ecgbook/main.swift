print("ecgbook")
